import CKernels
import IR

/// The error function, 2/√π ∫₀ˣ exp(-t²) dt.
public struct Erf: ElementwiseOp, PlainOp {
  public static let signature = OpSignature.unary("erf", "The error function.")

  public init() {}

  public var function: ScalarFunction { .real(WEFT_OP_ERF) { Math.erf($0) } }
}
