import WeftPlugin

/// Finds the activation written out: `let r = relu(x)`, `r * r` → `squared_relu(x)`.
struct FormSquaredRelu: RewritePass {
  let name = "form-squared-relu"
  let summary = "Forms squared_relu from a relu that is multiplied with itself."

  func rewrite(_ node: Node, in graph: Graph, context: inout PassContext) throws -> Patch? {
    guard node.op is Mul, node.operands[0] == node.operands[1],
      let (relu, _) = graph.producer(of: node.operands[0], as: Relu.self)
    else { return nil }
    guard graph.useCount(of: relu.results[0]) == 2 else {
      context.missed(
        "no squared_relu: the relu is used elsewhere, too", node.origin,
        graph.sharing(of: relu.results[0], besides: [node], hint: nil))
      return nil
    }
    var patch = Patch(rewriting: [relu, node])
    patch.replace(node, with: try patch.add(SquaredRelu(), [relu.operands[0]], in: graph))
    context.applied("relu and its square became squared_relu", patch)
    return patch
  }
}
