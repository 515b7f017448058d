import IR

/// Elements of x where the condition holds, of y elsewhere.
public struct Where: ElementwiseOp, PlainOp {
  public static let signature = OpSignature(
    "where", "Elements of x where the condition holds, of y elsewhere.",
    category: .elementwise, operands: [.required("condition"), .required("x"), .required("y")])

  public init() {}

  public var function: ScalarFunction { .select }

  /// A choice between x and x, or by a constant that always says the same, is none.
  public func equivalent(of node: Node, in graph: Graph) -> ValueID? {
    let (condition, x, y) = (node.operands[0], node.operands[1], node.operands[2])
    if x == y || graph.isConstant(condition, everywhere: 1) { return x }
    return graph.isConstant(condition, everywhere: 0) ? y : nil
  }
}
