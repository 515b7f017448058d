import CKernels
import IR

/// The hyperbolic tangent.
public struct Tanh: ElementwiseOp, PlainOp {
  public static let signature = OpSignature.unary(
    "tanh", "The hyperbolic tangent.", category: .activation)

  public init() {}

  public var function: ScalarFunction { .real(WEFT_OP_TANH) { Math.tanh($0) } }
}
