import WeftPlugin

/// Adds the residual while answers are summed: `expert_sum(a, p, s) + r` → `expert_sum(a, p, s, residual: r)`.
struct FuseExpertSum: RewritePass {
  let name = "fuse-expert-sum"
  let summary = "Adds the residual while experts' answers are summed."

  func rewrite(_ node: Node, in graph: Graph, context: inout PassContext) throws -> Patch? {
    guard node.op is Add else { return nil }
    for (i, operand) in node.operands.enumerated() {
      guard let (sum, op) = graph.producer(of: operand, as: ExpertSum.self), !op.hasResidual
      else { continue }
      let residual = node.operands[1 - i]
      guard graph.type(of: residual) == graph.type(of: node.results[0]),
        graph.type(of: operand) == graph.type(of: node.results[0])
      else { continue }
      guard graph.hasSoleUse(operand) else {
        context.missed(
          "residual not added in expert_sum: \(graph.label(operand)) has "
            + "\(graph.useCount(of: operand)) uses", node.origin,
          graph.sharing(
            of: operand, besides: [node], hint: "nothing to change where both are needed"))
        continue
      }
      var patch = Patch(rewriting: [sum, node])
      let results = try patch.add(
        ExpertSum(residual: true), sum.operands + [residual], in: graph)
      patch.replace(node, with: results)
      context.applied("residual added in expert_sum", patch)
      return patch
    }
    return nil
  }
}
