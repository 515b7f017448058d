import CKernels
import IR

/// Whether x ≠ y, as a bool. NaN differs from all.
public struct NotEqual: ElementwiseOp, PlainOp {
  public static let signature = OpSignature.binary("not_equal", "Whether x differs from y.")

  public init() {}

  public var function: ScalarFunction {
    .comparison(WEFT_OP_NE, { $0 != $1 }, integer: { $0 != $1 })
  }
}
