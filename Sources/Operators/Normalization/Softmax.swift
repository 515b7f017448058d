import Compiler
import IR
import Tensors

/// exp(xᵢ) / Σⱼ exp(xⱼ) over one axis. An axis of -∞ alone gives zeros.
public struct Softmax: Op {
  public static let signature = OpSignature(
    "softmax", "exp(xᵢ) / Σ exp(xⱼ) over an axis.", category: .normalization,
    operands: [.required("x")], attributes: [.init("axis", .int, default: .int(-1))])

  /// The axis; a negative one counts from the last.
  public var axis: Int

  /// Softmax over `axis`.
  public init(axis: Int = -1) { self.axis = axis }

  public init(_ attributes: Attributes) throws(OpError) { axis = try attributes.int("axis") }

  public var attributes: Attributes { ["axis": .int(axis)] }

  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try operands.check(count: 1)
    try operands.checkReal(0)
    try operands.check(0, rankAtLeast: 1)
    _ = try operands[0].axis(axis)
    return operands
  }
}

extension Softmax: InPlace {
  public var overwritableOperands: [Int] { [0] }
}

extension Softmax: Costed {
  public func flops(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    saturatingProduct((results[0].shape.values ?? [0]) + [12])
  }
}

extension Softmax: Evaluable {
  public func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let axis = try operands[0].type.axis(axis)
    return [try operands[0].mappingLines(along: axis, Attention.softmax)]
  }
}

extension Softmax: KernelProviding {
  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    let axis = axis < 0 ? axis + request.operands[0].rank : axis
    return try AxisKernel.binding(request, op: name, axis: axis, function: .softmax)
  }
}
