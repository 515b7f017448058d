import CKernels
import IR

/// Whether x > y, as a bool.
public struct Greater: ElementwiseOp, PlainOp {
  public static let signature = OpSignature.binary("greater", "Whether x is greater than y.")

  public init() {}

  public var function: ScalarFunction {
    .comparison(WEFT_OP_GT, { $0 > $1 }, integer: { $0 > $1 })
  }
}
