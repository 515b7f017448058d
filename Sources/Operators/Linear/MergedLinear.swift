import Compiler
import IR
import Tensors

/// Several linear layers of one x, such as query, key and value, in one pass over it.
///
/// yᵢ = x·Wᵢᵀ + bᵢ. Operands: x [..., inputs], then the weights [outputsᵢ, inputs] (`transposed`:
/// [inputs, outputsᵢ]), then with `biases` a bias [outputsᵢ] for each. One result for each weight.
public struct MergedLinear: Op {
  public static let signature = OpSignature(
    "merged_linear", "Several linear layers of one x, one result for each weight.",
    category: .matrixProduct,
    operands: [.required("x"), .variadic("weights")],
    attributes: [
      .init("biases", .bool, default: .bool(false)),
      .init("transposed", .bool, default: .bool(false)),
    ])

  /// Whether the second half of the operands after x are biases.
  public var hasBiases: Bool
  /// Whether the weights are stored [inputs, outputs].
  public var transposed: Bool

  /// Layers with or without biases.
  public init(biases: Bool = false, transposed: Bool = false) {
    hasBiases = biases
    self.transposed = transposed
  }

  public init(_ attributes: Attributes) throws(OpError) {
    hasBiases = try attributes.bool("biases")
    transposed = try attributes.bool("transposed")
  }

  public var attributes: Attributes {
    ["biases": .bool(hasBiases), "transposed": .bool(transposed)]
  }

  /// The number of layers among `count` operands.
  private func layers(_ count: Int) throws(OpError) -> Int {
    let rest = count - 1
    guard rest > 0, !hasBiases || rest % 2 == 0 else {
      throw .operandCount(
        expected: hasBiases ? "x, weights and as many biases" : "x and weights", found: count)
    }
    return hasBiases ? rest / 2 : rest
  }

  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    let layers = try layers(operands.count)
    var results: [TensorType] = []
    for i in 1...layers {
      results.append(try operands.linearResult(x: 0, weight: i, transposed: transposed))
      if hasBiases {
        try operands.checkVector(
          layers + i, along: i, axis: transposed ? 1 : 0, rule: "a bias for each output")
      }
    }
    return results
  }

  /// The layers one by one, with the positions of their operands.
  private func parts(_ count: Int) throws(OpError) -> [(op: Linear, operands: [Int])] {
    let layers = try layers(count)
    let op = Linear(bias: hasBiases, transposed: transposed)
    return (1...layers).map { (op, hasBiases ? [0, $0, layers + $0] : [0, $0]) }
  }
}

extension MergedLinear: Costed {
  public func flops(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    guard let parts = try? parts(operands.count) else { return 0 }
    return zip(parts, results).reduce(0) { sum, part in
      sum.saturatingAdding(part.0.op.flops(part.0.operands.map { operands[$0] }, [part.1]))
    }
  }
}

extension MergedLinear: Evaluable {
  public func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    try parts(operands.count).flatMap { part in
      try part.op.evaluate(part.operands.map { operands[$0] })
    }
  }
}

extension MergedLinear: KernelProviding {
  public func readsStored(_ operand: Int) -> Bool { operand > 0 }

  public func readsInt8(_ operand: Int, _ weight: Int8Matrix) -> Bool {
    operand > 0 && QuantizedProduct.takes(weight, transposed: transposed)
  }

  public func readsBlocks(_ operand: Int, _ weight: BlockMatrix) -> Bool {
    operand > 0 && !transposed
  }

  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    var binder = OperandBinder(request, op: name)
    guard request.results.allSatisfy({ $0.dtype == .f32 }) else { throw binder.unsupported }
    let layers = request.results.count
    let inputs = request.dims(ofOperand: 0).last ?? 1
    let x = try binder.f32(0)
    let rows = request.dims(ofResult: 0).dropLast().reduce(1, *)
    var parts: [LinearPart] = []
    for i in 0..<layers {
      let outputs = request.dims(ofResult: i).last ?? 1
      let side = try binder.rightSide(
        i + 1, depth: inputs, columns: outputs, transposed: !transposed)
      let bias = hasBiases ? try binder.f32(layers + 1 + i) : nil
      parts.append(LinearPart(weight: side, columns: outputs, bias: bias, result: i))
    }
    let kernel = binder.linearKernel(
      parts, rows: rows, depth: inputs, x: x, transposed: !transposed)
    return KernelBinding(kernel, operands: binder.operands)
  }
}
