import CKernels
import IR

/// The product, x · y. Integers wrap.
public struct Mul: ElementwiseOp, PlainOp {
  public static let signature = OpSignature.binary("mul", "The product x · y.")

  public init() {}

  public var function: ScalarFunction {
    .number(WEFT_OP_MUL, { $0 * $1 }, integer: { $0 &* $1 })
  }

  /// `x · 1` and `1 · x` are x.
  public func equivalent(of node: Node, in graph: Graph) -> ValueID? {
    graph.partner(of: 1, in: node)
  }
}
