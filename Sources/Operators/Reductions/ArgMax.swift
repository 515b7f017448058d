import Compiler
import Executor
import IR
import Tensors

/// Where the largest element along an axis stands, as i32: the first of equals, and the first NaN
/// where there is one.
public struct ArgMax: KernelProviding, Evaluable, Costed {
  public static let signature = OpSignature(
    "argmax", "Where the largest element along an axis stands: the first of equals.",
    category: .reduction, operands: [.required("x")],
    attributes: [
      .init("axis", .int, default: .int(-1)), .init("keep", .bool, default: .bool(false)),
    ])

  /// The axis; a negative one counts from the last.
  public let axis: Int
  /// Whether the axis stays with extent 1.
  public let keep: Bool

  /// The place of the largest along `axis`.
  public init(axis: Int = -1, keep: Bool = false) {
    self.axis = axis
    self.keep = keep
  }

  public init(_ attributes: Attributes) throws(OpError) {
    axis = try attributes.int("axis")
    keep = try attributes.bool("keep")
  }

  public var attributes: Attributes { ["axis": .int(axis), "keep": .bool(keep)] }

  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try operands.check(count: 1)
    let x = operands[0]
    try operands.check(0, dtypes: DType.numbers)
    let axis = try x.axis(axis)
    return [TensorType(.i32, x.shape.reduced([axis], keep: keep))]
  }

  public func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let x = operands[0]
    let type = try resultTypes([x.type])[0]
    let split = AxisSplit(x.dims, reducing: [try x.type.axis(axis)])
    let results = split.kept.map { base in
      var best = 0
      for (i, offset) in split.reduced.enumerated() {
        let (a, b) = (base + offset, base + split.reduced[best])
        let larger =
          x.dtype.isInteger
          ? x.integer(at: a) > x.integer(at: b)
          : ElementOrder.isBefore(x.double(at: a), x.double(at: b))
        if larger { best = i }
      }
      return best
    }
    return [try Tensor(.i32, dims: type.shape.values ?? [], integers: results)]
  }

  public func flops(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    operands[0].elements
  }

  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    guard let axis = try? request.operands[0].axis(axis) else {
      throw .unsupported(op: name, operands: request.operands)
    }
    let kernel: any Kernel =
      RowArgMaxKernel(request, axis: axis) ?? StridedArgMaxKernel(request, axis: axis)
    return KernelBinding(kernel, operands: [0])
  }
}
