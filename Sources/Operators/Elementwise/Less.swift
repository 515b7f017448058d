import CKernels
import IR

/// Whether x < y, as a bool. False < true.
public struct Less: ElementwiseOp, PlainOp {
  public static let signature = OpSignature.binary("less", "Whether x is less than y.")

  public init() {}

  public var function: ScalarFunction {
    .comparison(WEFT_OP_LT, { $0 < $1 }, integer: { $0 < $1 })
  }
}
