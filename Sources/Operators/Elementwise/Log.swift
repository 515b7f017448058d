import CKernels
import IR

/// The natural logarithm, ln x: -∞ for 0, NaN below.
public struct Log: ElementwiseOp, PlainOp {
  public static let signature = OpSignature.unary("log", "The natural logarithm.")

  public init() {}

  public var function: ScalarFunction { .real(WEFT_OP_LOG) { Math.log($0) } }
}
