import CKernels
import IR

/// Whether x ≤ y, as a bool.
public struct LessEqual: ElementwiseOp, PlainOp {
  public static let signature = OpSignature.binary("less_equal", "Whether x is at most y.")

  public init() {}

  public var function: ScalarFunction {
    .comparison(WEFT_OP_LE, { $0 <= $1 }, integer: { $0 <= $1 })
  }
}
