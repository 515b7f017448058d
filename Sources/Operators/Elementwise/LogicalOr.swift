import CKernels
import IR

/// Whether x or y is true.
public struct LogicalOr: ElementwiseOp, PlainOp {
  public static let signature = OpSignature.binary("logical_or", "Whether x or y is true.")

  public init() {}

  public var function: ScalarFunction { .logic(WEFT_OP_OR) { $0 || $1 } }

  /// `x or false` is x.
  public func equivalent(of node: Node, in graph: Graph) -> ValueID? {
    graph.partner(of: 0, in: node)
  }
}
