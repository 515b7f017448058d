import CKernels
import IR

/// The logistic function, 1 / (1 + e⁻ˣ).
public struct Sigmoid: ElementwiseOp, PlainOp {
  public static let signature = OpSignature.unary(
    "sigmoid", "The logistic function 1 / (1 + exp(-x)).", category: .activation)

  public init() {}

  public var function: ScalarFunction { .real(WEFT_OP_SIGMOID) { 1 / (1 + Math.exp(-$0)) } }
}
