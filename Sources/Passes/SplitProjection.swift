import Compiler
import IR
import Operators
import Tensors

/// Gives the parts of a fused projection directly instead of cutting them out afterwards:
/// `linear(x, w)[..., 0 ..< n]`, `[..., n ..< 2n]`, … → `merged_linear(x, w₀, w₁, …)`.
///
/// The weight is cut once, before the run.
public struct SplitProjection: RewritePass {
  public let name = "split-projection"
  public let summary = "Gives the parts of a fused projection directly."

  /// The pass.
  public init() {}

  /// One part: the node that cuts it out, and which columns.
  private struct Part {
    var node: Node
    var start: Dim
    var end: Dim
  }

  public func rewrite(_ node: Node, in graph: Graph, context: inout PassContext) throws -> Patch? {
    guard let (product, bias) = projection(node, in: graph) else { return nil }
    let result = bias?.node.results[0] ?? node.results[0]
    let users = graph.users[result.index].map { graph[$0] }
    let rank = graph.type(of: result).rank
    let parts = users.compactMap { user -> Part? in
      guard let slice = user.op as? Slice, slice.axis == rank - 1 || slice.axis == -1 else {
        return nil
      }
      return Part(node: user, start: slice.start, end: slice.end)
    }
    guard parts.count > 1 else {
      if parts.isEmpty { reportStanding(after: result, of: node, in: graph, &context) }
      return nil
    }
    guard parts.count == users.count, !graph.isOutput(result) else {
      context.missed(
        "projection not split: \(graph.label(result)) is used as a whole, too", node.origin,
        graph.sharing(
          of: result, besides: parts.map(\.node),
          hint: "let the other uses read the parts, too, or project for them again"))
      return nil
    }
    var patch = Patch(rewriting: [node] + [bias?.node].compactMap { $0 } + parts.map(\.node))
    let columns = product.op.transposed ? 1 : 0
    var weights: [Patch.Operand] = []
    var biases: [Patch.Operand] = []
    for part in parts {
      weights += try patch.add(
        Slice(axis: columns, start: part.start, end: part.end), [product.weight], in: graph)
      if let bias = bias?.value ?? product.bias {
        biases += try patch.add(
          Slice(axis: 0, start: part.start, end: part.end), [bias], in: graph)
      }
    }
    let merged = MergedLinear(biases: !biases.isEmpty, transposed: product.op.transposed)
    let results = try patch.add(
      merged, [.existing(product.x)] + weights + biases, in: graph)
    for (part, result) in zip(parts, results) {
      patch.replace(part.node.results[0], with: result)
    }
    context.applied("projection split into its \(parts.count) parts", patch)
    return patch
  }

  /// Says that axes are moved, or something is computed, before the parts are cut out of `value`.
  private func reportStanding(
    after value: ValueID, of node: Node, in graph: Graph, _ context: inout PassContext
  ) {
    var last = value
    var first: Node?
    while graph.hasSoleUse(last), let next = graph.users[last.index].first.map({ graph[$0] }),
      graph.isMovement(next) || next.operands.count == 1 && next.op is any ElementwiseComputation
    {
      first = first ?? next
      last = next.results[0]
    }
    let cuts = graph.users[last.index].map { graph[$0] }
    guard let first, cuts.count > 1, cuts.allSatisfy({ $0.op is Slice }), !graph.isOutput(last)
    else { return }
    context.missed(
      "projection not split: \(first.op.name) stands between the matrix product and its parts",
      node.origin.merged(with: first.origin),
      graph.standing(
        first, of: value,
        hint: "cut the columns before '\(first.op.name)'\(graph.line(of: first)): "
          + "x[..., 0 ..< n] and so on"))
  }

  /// The linear layer of `node` and the addition of its bias, where that is a node of its own.
  private func projection(
    _ node: Node, in graph: Graph
  ) -> (LinearParts, bias: (node: Node, value: ValueID)?)? {
    guard let op = node.op as? Linear else { return nil }
    let parts = LinearParts(node, op)
    guard parts.isPlain, graph.isKnownBeforeRun(parts.weight) else { return nil }
    guard parts.bias == nil, graph.hasSoleUse(node.results[0]),
      let user = graph.users[node.results[0].index].first.map({ graph[$0] }), user.op is Add,
      let value = user.operands.first(where: { $0 != node.results[0] }),
      graph.type(of: value).rank == 1, graph.isKnownBeforeRun(value),
      graph.type(of: value).shape.dims.last == graph.type(of: node.results[0]).shape.dims.last
    else { return (parts, nil) }
    return (parts, (user, value))
  }
}
