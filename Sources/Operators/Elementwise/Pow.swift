import CKernels
import IR

/// The power, xʸ, of reals.
public struct Pow: ElementwiseOp, PlainOp {
  public static let signature = OpSignature.binary("pow", "The power x to the y.")

  public init() {}

  public var function: ScalarFunction { .real(WEFT_OP_POW) { Math.pow($0, $1) } }

  /// `x¹` is x.
  public func equivalent(of node: Node, in graph: Graph) -> ValueID? {
    graph.isConstant(node.operands[1], everywhere: 1) ? node.operands[0] : nil
  }
}
