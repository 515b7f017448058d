import CKernels
import IR

/// The negative, -x. Integers wrap.
public struct Neg: ElementwiseOp, PlainOp {
  public static let signature = OpSignature.unary("neg", "The negative.")

  public init() {}

  public var function: ScalarFunction {
    .number(WEFT_OP_NEG, { -$0 }, integer: { 0 &- $0 })
  }

  /// `-(-x)` is x.
  public func equivalent(of node: Node, in graph: Graph) -> ValueID? {
    guard let inner = graph.producer(of: node.operands[0]), inner.op is Neg else { return nil }
    return inner.operands[0]
  }
}
