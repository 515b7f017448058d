import CKernels
import IR

/// Whether x ≥ y, as a bool.
public struct GreaterEqual: ElementwiseOp, PlainOp {
  public static let signature = OpSignature.binary("greater_equal", "Whether x is at least y.")

  public init() {}

  public var function: ScalarFunction {
    .comparison(WEFT_OP_GE, { $0 >= $1 }, integer: { $0 >= $1 })
  }
}
