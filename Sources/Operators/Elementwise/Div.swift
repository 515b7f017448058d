import CKernels
import IR

/// The quotient, x / y. Integers truncate toward zero, and `x / 0` is 0.
public struct Div: ElementwiseOp, PlainOp {
  public static let signature = OpSignature.binary("div", "The quotient x / y.")

  public init() {}

  public var function: ScalarFunction {
    .number(WEFT_OP_DIV, { $0 / $1 }, integer: { $1 == 0 ? 0 : $1 == -1 ? 0 &- $0 : $0 / $1 })
  }

  /// `x / 1` is x.
  public func equivalent(of node: Node, in graph: Graph) -> ValueID? {
    graph.isConstant(node.operands[1], everywhere: 1) ? node.operands[0] : nil
  }
}
