import CKernels
import IR

/// The larger one, max(x, y). NaN if either is NaN.
public struct Maximum: ElementwiseOp, PlainOp {
  public static let signature = OpSignature.binary("maximum", "The larger of x and y.")

  public init() {}

  public var function: ScalarFunction {
    .number(
      WEFT_OP_MAX, { $0.isNaN || $1.isNaN ? .nan : Swift.max($0, $1) },
      integer: { Swift.max($0, $1) })
  }
}
