import CKernels
import IR

/// The rectifier, max(x, 0). NaN stays NaN.
public struct Relu: ElementwiseOp, PlainOp {
  public static let signature = OpSignature.unary(
    "relu", "The rectifier max(x, 0).", category: .activation)

  public init() {}

  public var function: ScalarFunction {
    var function = ScalarFunction.number(
      WEFT_OP_RELU, { $0 < 0 ? 0 : $0 }, integer: { Swift.max($0, 0) })
    function.integerOpcodeWithZero = WEFT_OP_MAX
    return function
  }
}
