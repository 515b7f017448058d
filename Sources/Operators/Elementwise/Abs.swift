import CKernels
import IR

/// The magnitude, |x|. The smallest integer stays itself.
public struct Abs: ElementwiseOp, PlainOp {
  public static let signature = OpSignature.unary("abs", "The magnitude.")

  public init() {}

  public var function: ScalarFunction {
    .number(WEFT_OP_ABS, { $0.magnitude }, integer: { $0 < 0 ? 0 &- $0 : $0 })
  }
}
