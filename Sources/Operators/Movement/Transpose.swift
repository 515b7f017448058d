import Compiler
import IR
import Tensors

/// Axes in another order: axis i of the result is axis `permutation[i]` of x.
///
/// Without a permutation the last two axes change places.
public struct Transpose: KernelProviding, Evaluable, Viewing, BlocksPreserving, Canonicalizable {
  public static let signature = OpSignature(
    "transpose", "Axes in another order; without a permutation the last two change places.",
    category: .movement, operands: [.required("x")],
    attributes: [.init("permutation", .ints, default: .dims([]))])

  /// For each axis of the result, the axis of x; empty for the last two in reverse.
  public let permutation: [Int]

  /// A transpose by `permutation`.
  public init(_ permutation: [Int] = []) { self.permutation = permutation }

  public init(_ attributes: Attributes) throws(OpError) {
    permutation = try attributes.ints("permutation")
  }

  public var attributes: Attributes { ["permutation": .ints(permutation)] }

  /// The axis of x for each axis of the result.
  public func axes(of x: TensorType) throws(OpError) -> [Int] {
    if permutation.isEmpty {
      guard x.rank >= 2 else { throw .rank(operand: 0, expected: "2 or more") }
      var axes = Array(0..<x.rank)
      axes.swapAt(x.rank - 2, x.rank - 1)
      return axes
    }
    let axes = try permutation.map { axis throws(OpError) in
      try x.axis(axis, attribute: "permutation")
    }
    guard axes.sorted() == Array(0..<x.rank) else {
      throw .attributeRange(
        "permutation", rule: "\(permutation) doesn't name each of \(x.rank) axes once")
    }
    return axes
  }

  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try operands.check(count: 1)
    let x = operands[0]
    return [TensorType(x.dtype, Shape(try axes(of: x).map { x.shape.dims[$0] }))]
  }

  public func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let x = operands[0]
    let axes = try axes(of: x.type)
    let strides = Strides.dense(x.dims)
    return [try x.viewing(dims: axes.map { x.dims[$0] }, strides: axes.map { strides[$0] })]
  }

  public func part(of matrix: BlockMatrix) throws(TensorError) -> BlockMatrix? {
    let type = TensorType(.f32, Shape(matrix.dims))
    switch try? axes(of: type) {
    case [1, 0]: return matrix.transposed
    case [0, 1]: return matrix
    default: return nil
    }
  }

  /// A view where only axes of extent 1 move.
  public func viewOffset(_ operands: [TensorType], _ result: TensorType) -> Int? {
    guard let axes = try? axes(of: operands[0]) else { return nil }
    let moving = axes.filter { operands[0].shape.dims[$0] != 1 }
    return moving == moving.sorted() ? 0 : nil
  }

  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    guard let axes = try? axes(of: request.operands[0]) else {
      throw .unsupported(op: name, operands: request.operands)
    }
    let strides = Strides.dense(request.dims(ofOperand: 0))
    let kernel = StridedCopyKernel(name, request, strides: axes.map { strides[$0] })
    return KernelBinding(kernel, operands: [0])
  }

  /// A transpose that keeps the order is dropped; two become one.
  public func canonicalized(_ node: Node, in graph: Graph) throws(OpError) -> Patch? {
    var patch = Patch(rewriting: [node])
    let x = node.operands[0]
    let axes = try axes(of: graph.type(of: x))
    if axes == axes.sorted() {
      patch.replace(node.results[0], with: x)
      return patch
    }
    guard let inner = graph.producer(of: x), let first = inner.op as? Transpose else { return nil }
    let source = inner.operands[0]
    let innerAxes = try first.axes(of: graph.type(of: source))
    let merged = Transpose(axes.map { innerAxes[$0] })
    patch.replace(node, with: try patch.add(merged, [source], in: graph))
    return patch
  }
}
