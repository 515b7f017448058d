import CKernels
import IR

/// The smaller one, min(x, y). NaN if either is NaN.
public struct Minimum: ElementwiseOp, PlainOp {
  public static let signature = OpSignature.binary("minimum", "The smaller of x and y.")

  public init() {}

  public var function: ScalarFunction {
    .number(
      WEFT_OP_MIN, { $0.isNaN || $1.isNaN ? .nan : Swift.min($0, $1) },
      integer: { Swift.min($0, $1) })
  }
}
