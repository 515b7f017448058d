import Compiler
import IR
import Tensors

/// The k largest elements of each row, largest first, and where they stood.
///
/// Of equals the lower place comes first. NaN counts as larger than every number.
public struct TopK: KernelProviding, Evaluable, Costed {
  public static let signature = OpSignature(
    "top_k", "The k largest elements along the last axis, largest first, and their places.",
    category: .reduction, operands: [.required("x")], attributes: [.init("k", .int)])

  /// How many.
  public let k: Int

  /// The `k` largest.
  public init(k: Int) { self.k = k }

  public init(_ attributes: Attributes) throws(OpError) {
    k = try attributes.int("k")
    if k < 1 { throw .attributeRange("k", rule: "\(k) is below 1") }
  }

  public var attributes: Attributes { ["k": .int(k)] }

  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try operands.check(count: 1)
    let x = operands[0]
    try operands.check(0, dtypes: DType.numbers)
    guard let last = x.shape.dims.last else { throw .rank(operand: 0, expected: "1 or more") }
    if let extent = last.value, k > extent {
      throw .attributeRange("k", rule: "\(k) is above \(extent), the extent of the last axis")
    }
    let shape = Shape(x.shape.dims.dropLast() + [Dim(k)])
    return [TensorType(x.dtype, shape), TensorType(.i32, shape)]
  }

  public func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let x = operands[0]
    let dims = try resultTypes([x.type])[0].shape.values ?? []
    let width = x.dims[x.dims.count - 1]
    var positions: [Int] = []
    for row in stride(from: 0, to: x.count, by: max(width, 1)) {
      let order = (row..<row + width).sorted { a, b in
        if x.dtype.isInteger {
          let (p, q) = (x.integer(at: a), x.integer(at: b))
          return p == q ? a < b : p > q
        }
        let (p, q) = (x.double(at: a), x.double(at: b))
        return ElementOrder.isBefore(p, q) || (!ElementOrder.isBefore(q, p) && a < b)
      }
      positions += order.prefix(k)
    }
    return [
      try x.gathering(positions, dims: dims),
      try Tensor(.i32, dims: dims, integers: positions.map { $0 % width }),
    ]
  }

  public func flops(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    operands[0].elements
  }

  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    KernelBinding(TopKKernel(request, k: k), operands: [0])
  }
}
