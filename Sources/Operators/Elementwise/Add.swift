import CKernels
import IR

/// The sum, x + y. Integers wrap.
public struct Add: ElementwiseOp, PlainOp {
  public static let signature = OpSignature.binary("add", "The sum x + y.")

  public init() {}

  public var function: ScalarFunction {
    .number(WEFT_OP_ADD, { $0 + $1 }, integer: { $0 &+ $1 })
  }

  /// `x + 0` and `0 + x` are x.
  public func equivalent(of node: Node, in graph: Graph) -> ValueID? {
    graph.partner(of: 0, in: node)
  }
}
