import Compiler
import IR
import Operators

/// Looks up, adds and normalizes embeddings row by row:
/// `layer_norm(embedding(words, ids) + kinds[0] + places[0 ..< tokens])` → `embedding_norm(…)`.
public struct FuseEmbedding: RewritePass {
  public let name = "fuse-embedding"
  public let summary = "Looks up, adds and normalizes embeddings row by row."

  /// The pass.
  public init() {}

  /// One addend, as the fused op reads it.
  private struct Addend {
    var source: EmbeddingNorm.Source
    var operands: [ValueID]
    var nodes: [Node]
  }

  public func rewrite(_ node: Node, in graph: Graph, context: inout PassContext) throws -> Patch? {
    guard let norm = node.op as? LayerNorm, !norm.hasResidual,
      graph.producer(of: node.operands[0])?.op is Add
    else { return nil }
    var sums: [Node] = []
    var leaves: [ValueID] = []
    collect(node.operands[0], in: graph, &sums, &leaves)
    let addends = leaves.map { addend($0, of: node, in: graph) }
    guard addends.contains(where: { $0.source == .indices }) else { return nil }
    guard addends.count <= EmbeddingNorm.mostSources else {
      context.missed(
        "embeddings not fused: \(addends.count) addends, over \(EmbeddingNorm.mostSources)",
        node.origin)
      return nil
    }
    guard leaves.count > 1, sums.allSatisfy({ graph.hasSoleUse($0.results[0]) }) else {
      context.missed("embeddings not fused: their sum is used elsewhere, too", node.origin)
      return nil
    }
    var patch = Patch(rewriting: addends.flatMap(\.nodes) + sums + [node])
    let op = try EmbeddingNorm(
      addends.map(\.source), weight: norm.hasWeight, bias: norm.hasBias, epsilon: norm.epsilon)
    let results = try patch.add(
      op, addends.flatMap(\.operands) + node.operands.dropFirst(), in: graph)
    patch.replace(node, with: results)
    context.applied("\(addends.count) embeddings and their norm fused", patch.origin)
    return patch
  }

  /// The addends of a tree of sums, from left to right.
  private func collect(
    _ value: ValueID, in graph: Graph, _ sums: inout [Node], _ leaves: inout [ValueID]
  ) {
    guard let (sum, _) = graph.producer(of: value, as: Add.self) else {
      leaves.append(value)
      return
    }
    sums.append(sum)
    for operand in sum.operands { collect(operand, in: graph, &sums, &leaves) }
  }

  private func addend(_ value: ValueID, of norm: Node, in graph: Graph) -> Addend {
    if let (lookup, _) = graph.producer(of: value, as: Embedding.self),
      graph.type(of: lookup.operands[0]).rank == 2, graph.hasSoleUse(value)
    {
      return Addend(source: .indices, operands: lookup.operands, nodes: [lookup])
    }
    let result = graph.type(of: norm.results[0])
    if let (rows, slice) = graph.producer(of: value, as: Slice.self), slice.axis == 0,
      slice.start == 0, result.rank >= 2, slice.end == result.shape.dims[result.rank - 2],
      graph.type(of: rows.operands[0]).rank == 2, graph.isKnownBeforeRun(rows.operands[0])
    {
      return Addend(source: .positions, operands: rows.operands, nodes: [rows])
    }
    return Addend(source: .rows, operands: [value], nodes: [])
  }
}
