import CKernels
import IR

/// Whether both x and y are true.
public struct LogicalAnd: ElementwiseOp, PlainOp {
  public static let signature = OpSignature.binary("logical_and", "Whether both x and y are true.")

  public init() {}

  public var function: ScalarFunction { .logic(WEFT_OP_AND) { $0 && $1 } }

  /// `x and true` is x.
  public func equivalent(of node: Node, in graph: Graph) -> ValueID? {
    graph.partner(of: 1, in: node)
  }
}
