import CKernels
import IR

/// The cosine of an angle in radians.
public struct Cos: ElementwiseOp, PlainOp {
  public static let signature = OpSignature.unary("cos", "The cosine of an angle in radians.")

  public init() {}

  public var function: ScalarFunction { .real(WEFT_OP_COS) { Math.cos($0) } }
}
