import CKernels
import IR

/// The exponential, eˣ.
public struct Exp: ElementwiseOp, PlainOp {
  public static let signature = OpSignature.unary("exp", "The exponential eˣ.")

  public init() {}

  public var function: ScalarFunction { .real(WEFT_OP_EXP) { Math.exp($0) } }
}
