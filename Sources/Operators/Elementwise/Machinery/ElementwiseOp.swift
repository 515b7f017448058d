import Compiler
import IR
import Tensors

/// An op whose result element hangs on one element of each operand, with NumPy's broadcasting:
/// axes are aligned at the right and an extent of 1 stretches.
///
/// Everything follows from ``program``: types, reference, FLOPs and the kernel.
public protocol ElementwiseComputation: KernelProviding, Evaluable, Costed, InPlace, Canonicalizable
{
  /// What is computed.
  var program: ElementwiseProgram { get }
  /// A value that `node`'s result always equals, such as x for `x · 1`.
  func equivalent(of node: Node, in graph: Graph) -> ValueID?
}

/// An elementwise op of one function, which fused programs may contain.
public protocol ElementwiseOp: ElementwiseComputation {
  /// What happens to one element.
  var function: ScalarFunction { get }
}

extension ElementwiseOp {
  public var program: ElementwiseProgram { ElementwiseProgram(self) }
}

extension ElementwiseComputation {
  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    [try program.resultType(operands)]
  }

  public func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    [try program.evaluate(operands)]
  }

  public func flops(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    let each = program.instructions.reduce(0) { $0.saturatingAdding($1.op.function.flops) }
    return results[0].elements.multipliedSaturating(by: each)
  }

  public var overwritableOperands: [Int] { Array(0..<program.operandCount) }

  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    guard let kernel = ElementwiseKernel(program, request) else {
      throw .unsupported(op: name, operands: request.operands)
    }
    return KernelBinding(kernel, operands: Array(request.operands.indices))
  }

  public func equivalent(of node: Node, in graph: Graph) -> ValueID? { nil }

  /// `x · 1` becomes x, and an operand that a `broadcast` stretched is read as it was where the
  /// other operands stretch it anyway.
  public func canonicalized(_ node: Node, in graph: Graph) throws(OpError) -> Patch? {
    var patch = Patch(rewriting: [node])
    if let value = equivalent(of: node, in: graph),
      graph.type(of: value) == graph.type(of: node.results[0])
    {
      patch.replace(node.results[0], with: value)
      return patch
    }
    for (i, operand) in node.operands.enumerated() {
      guard let producer = graph.producer(of: operand), producer.op is Broadcast else { continue }
      var operands = node.operands
      operands[i] = producer.operands[0]
      let types = try resultTypes(operands.map { graph.type(of: $0) })
      guard types[0] == graph.type(of: node.results[0]) else { continue }
      patch.replace(node, with: try patch.add(self, operands, in: graph))
      return patch
    }
    return nil
  }
}

extension Graph {
  /// Whether `value` is a constant with `number` in every element. Only small ones are looked at.
  func isConstant(_ value: ValueID, everywhere number: Double) -> Bool {
    guard let tensor = constant(value), (1...4096).contains(tensor.count) else { return false }
    return (0..<tensor.count).allSatisfy { tensor.double(at: $0) == number }
  }

  /// The other operand of a binary `node` where one is `number` everywhere.
  func partner(of number: Double, in node: Node) -> ValueID? {
    if isConstant(node.operands[1], everywhere: number) { return node.operands[0] }
    return isConstant(node.operands[0], everywhere: number) ? node.operands[1] : nil
  }
}

extension OpSignature {
  /// An elementwise op of x.
  public static func unary(
    _ name: String, _ summary: String, category: OpCategory = .elementwise,
    attributes: [Attribute] = []
  ) -> OpSignature {
    OpSignature(
      name, summary, category: category, operands: [.required("x")], attributes: attributes)
  }

  /// An elementwise op of x and y.
  public static func binary(_ name: String, _ summary: String) -> OpSignature {
    OpSignature(
      name, summary, category: .elementwise, operands: [.required("x"), .required("y")])
  }
}
