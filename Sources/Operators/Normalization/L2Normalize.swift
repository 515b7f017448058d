import Compiler
import IR
import Tensors

/// x / max(‖x‖₂, epsilon) over one axis: vectors of length 1.
public struct L2Normalize: Op {
  public static let signature = OpSignature(
    "l2_normalize", "x / max(‖x‖₂, epsilon) over an axis.", category: .normalization,
    operands: [.required("x")],
    attributes: [
      .init("axis", .int, default: .int(-1)), .init("epsilon", .double, default: .double(1e-12)),
    ])

  /// The axis; a negative one counts from the last.
  public var axis: Int
  /// The least length that is divided by.
  public var epsilon: Double

  /// Vectors along `axis` scaled to length 1.
  public init(axis: Int = -1, epsilon: Double = 1e-12) {
    self.axis = axis
    self.epsilon = epsilon
  }

  public init(_ attributes: Attributes) throws(OpError) {
    axis = try attributes.int("axis")
    epsilon = try attributes.double("epsilon")
    try checkEpsilon(epsilon)
  }

  public var attributes: Attributes { ["axis": .int(axis), "epsilon": .double(epsilon)] }

  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try operands.check(count: 1)
    try operands.checkReal(0)
    try operands.check(0, rankAtLeast: 1)
    _ = try operands[0].axis(axis)
    return operands
  }
}

extension L2Normalize: InPlace {
  public var overwritableOperands: [Int] { [0] }
}

extension L2Normalize: Costed {
  public func flops(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    saturatingProduct((results[0].shape.values ?? [0]) + [3])
  }
}

extension L2Normalize: Evaluable {
  public func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let axis = try operands[0].type.axis(axis)
    let result = try operands[0].mappingLines(along: axis) { line in
      let length = max(line.reduce(0) { $0 + $1 * $1 }.squareRoot(), epsilon)
      return line.map { $0 / length }
    }
    return [result]
  }
}

extension L2Normalize: KernelProviding {
  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    let axis = axis < 0 ? axis + request.operands[0].rank : axis
    return try AxisKernel.binding(
      request, op: name, axis: axis, function: .l2Normalize(epsilon: Float(epsilon)))
  }
}
