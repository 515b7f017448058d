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

  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    var binder = OperandBinder(request, op: name)
    guard request.results.allSatisfy({ $0.dtype == .f32 }) else { throw binder.unsupported }
    let layers = request.results.count
    let inputs = request.dims(ofOperand: 0).last ?? 1
    let x = try binder.f32(0)
    let rows = request.dims(ofResult: 0).dropLast().reduce(1, *)
    let outputs = request.results.map { $0.shape.values?.last ?? 1 }
    let weights = (1...layers).map { request.constants[$0] }
    if weights.contains(where: { $0 == nil }) {
      return try repacking(request, &binder, x, rows, inputs, outputs)
    }
    var parts: [(packed: PackedMatrix, bias: OperandSource?)] = []
    for (i, weight) in weights.enumerated() {
      guard let weight, weight.dtype.isFloatingPoint else { throw binder.unsupported }
      let packed = try request.packedMatrix(
        weight, depth: inputs, columns: outputs[i], transposed: !transposed)
      parts.append((packed, hasBiases ? try binder.f32(layers + 1 + i) : nil))
    }
    let segments = parts.enumerated().map { i, part in
      PackedGemmKernel.Segment(
        packed: part.packed, columns: outputs[i], bias: part.bias, result: binder.result(i))
    }
    let kernel = PackedGemmKernel(
      table: request.table, rows: rows, depth: inputs, x: x, segments: segments,
      epilogue: GemmEpilogue())
    return KernelBinding(kernel, operands: binder.operands)
  }

  /// The kernel for weights that aren't known before the run.
  private func repacking(
    _ request: KernelRequest, _ binder: inout OperandBinder, _ x: OperandSource, _ rows: Int,
    _ inputs: Int, _ outputs: [Int]
  ) throws(KernelError) -> KernelBinding {
    let layers = outputs.count
    var parts: [(weight: OperandSource, bias: OperandSource?)] = []
    for i in 1...layers {
      guard request.operands[i].dtype.isFloatingPoint else { throw binder.unsupported }
      parts.append((binder.any(i), hasBiases ? try binder.f32(layers + i) : nil))
    }
    let kernels = parts.enumerated().map { i, part in
      BatchedGemmKernel(
        table: request.table, rows: rows, depth: inputs, columns: outputs[i],
        left: .init(source: x, type: .f32, transposed: false, offsets: [0]),
        right: .init(
          source: part.weight, type: request.operands[i + 1].dtype, transposed: !transposed,
          offsets: [0]),
        bias: part.bias, epilogue: GemmEpilogue(), result: binder.result(i))
    }
    return KernelBinding(JoinedKernel(kernels), operands: binder.operands)
  }
}
