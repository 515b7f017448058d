import CKernels
import IR

/// Whether x is false.
public struct LogicalNot: ElementwiseOp, PlainOp {
  public static let signature = OpSignature.unary("logical_not", "Whether x is false.")

  public init() {}

  public var function: ScalarFunction { .logic(WEFT_OP_NOT) { !$0 } }

  /// `not (not x)` is x.
  public func equivalent(of node: Node, in graph: Graph) -> ValueID? {
    guard let inner = graph.producer(of: node.operands[0]), inner.op is LogicalNot else {
      return nil
    }
    return inner.operands[0]
  }
}
