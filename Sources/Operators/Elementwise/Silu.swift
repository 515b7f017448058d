import CKernels
import IR

/// The sigmoid linear unit, x / (1 + e⁻ˣ): Elfwing et al. 2017, arXiv:1702.03118.
public struct Silu: ElementwiseOp, PlainOp {
  public static let signature = OpSignature.unary(
    "silu", "The sigmoid linear unit x / (1 + exp(-x)).", category: .activation)

  public init() {}

  public var function: ScalarFunction { .real(WEFT_OP_SILU) { $0 / (1 + Math.exp(-$0)) } }
}
