import CKernels
import IR

/// The difference, x - y. Integers wrap.
public struct Sub: ElementwiseOp, PlainOp {
  public static let signature = OpSignature.binary("sub", "The difference x - y.")

  public init() {}

  public var function: ScalarFunction {
    .number(WEFT_OP_SUB, { $0 - $1 }, integer: { $0 &- $1 })
  }

  /// `x - 0` is x.
  public func equivalent(of node: Node, in graph: Graph) -> ValueID? {
    graph.isConstant(node.operands[1], everywhere: 0) ? node.operands[0] : nil
  }
}
