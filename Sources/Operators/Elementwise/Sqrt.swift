import CKernels
import IR

/// The square root, √x: NaN below 0.
public struct Sqrt: ElementwiseOp, PlainOp {
  public static let signature = OpSignature.unary("sqrt", "The square root.")

  public init() {}

  public var function: ScalarFunction { .real(WEFT_OP_SQRT) { $0.squareRoot() } }
}
