import CKernels
import IR

/// Whether x = y, as a bool. NaN equals nothing.
public struct Equal: ElementwiseOp, PlainOp {
  public static let signature = OpSignature.binary("equal", "Whether x equals y.")

  public init() {}

  public var function: ScalarFunction {
    .comparison(WEFT_OP_EQ, { $0 == $1 }, integer: { $0 == $1 })
  }
}
