import CKernels
import IR

/// The sine of an angle in radians.
public struct Sin: ElementwiseOp, PlainOp {
  public static let signature = OpSignature.unary("sin", "The sine of an angle in radians.")

  public init() {}

  public var function: ScalarFunction { .real(WEFT_OP_SIN) { Math.sin($0) } }
}
