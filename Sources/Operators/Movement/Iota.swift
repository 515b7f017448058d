import Compiler
import IR
import Tensors

/// The numbers start, start + 1, … as a vector.
public struct Iota: KernelProviding, Evaluable {
  public static let signature = OpSignature(
    "iota", "The numbers start, start + 1, … as a vector.", category: .position, operands: [],
    attributes: [
      .init("count", .dim), .init("dtype", .dtype, default: .dtype(.i32)),
      .init("start", .dim, default: .dim(0)),
    ])

  /// How many numbers.
  public let count: Dim
  /// The element type; not bool.
  public let dtype: DType
  /// The first number.
  public let start: Dim

  /// `count` numbers from `start`.
  public init(count: Dim, dtype: DType = .i32, start: Dim = 0) {
    self.count = count
    self.dtype = dtype
    self.start = start
  }

  public init(_ attributes: Attributes) throws(OpError) {
    count = try attributes.dim("count")
    dtype = try attributes.dtype("dtype")
    start = try attributes.dim("start")
    if !DType.numbers.contains(dtype) {
      throw .attributeRange("dtype", rule: "\(dtype) holds no numbers")
    }
    try Shape([count]).requirePositive("count")
  }

  public var attributes: Attributes {
    ["count": .dim(count), "dtype": .dtype(dtype), "start": .dim(start)]
  }

  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try operands.check(count: 0)
    return [TensorType(dtype, [count])]
  }

  public func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let (count, start) = (count.value ?? 0, start.value ?? 0)
    return [try Tensor(dtype, dims: [count], integers: (0..<count).map { start &+ $0 })]
  }

  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    guard let count = count.value, let start = start.value else {
      throw .unsupported(op: name, operands: request.operands)
    }
    return KernelBinding(IotaKernel(dtype: dtype, count: count, start: start), operands: [])
  }
}
