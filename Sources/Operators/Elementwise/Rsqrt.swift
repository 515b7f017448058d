import CKernels
import IR

/// The reciprocal square root, 1 / √x.
public struct Rsqrt: ElementwiseOp, PlainOp {
  public static let signature = OpSignature.unary("rsqrt", "The reciprocal square root 1 / √x.")

  public init() {}

  public var function: ScalarFunction { .real(WEFT_OP_RSQRT) { 1 / $0.squareRoot() } }
}
