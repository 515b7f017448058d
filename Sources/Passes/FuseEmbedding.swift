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
    guard let (sums, leaves) = addends(of: node.operands[0], in: graph) else { return nil }
    let addends = leaves.map { addend($0, of: node, in: graph) }
    if let obstacle = obstacle(among: leaves, of: node, in: graph) {
      context.missed("embeddings not fused: " + obstacle.reason, node.origin, obstacle.nearMiss)
      return nil
    }
    guard addends.contains(where: { $0?.source == .indices }) else { return nil }
    // A residual stream that began as embeddings isn't a sum of them any more.
    let isOfEmbeddings = zip(leaves, addends).allSatisfy { leaf, addend in
      addend?.source != .rows || graph.isKnownBeforeRun(leaf)
    }
    guard isOfEmbeddings else { return nil }
    if let stretched = zip(leaves, addends).first(where: { $0.1 == nil }) {
      context.missed(
        "embeddings not fused: \(graph.label(stretched.0)) of type "
          + "\(graph.type(of: stretched.0)) is stretched inside", node.origin,
        NearMiss(
          .sameShape, value: graph.label(stretched.0), at: graph.location(of: stretched.0),
          hint: "an addend is a row for each token, for each position, or one for all; this one "
            + "changes along another axis"))
      return nil
    }
    if let shared = sums.first(where: { !graph.hasSoleUse($0.results[0]) }) {
      context.missed(
        "embeddings not fused: their sum is used elsewhere, too", node.origin,
        graph.sharing(
          of: shared.results[0], besides: [node],
          hint: "nothing to change where the others need the sum, as in a model that normalizes "
            + "before each layer"))
      return nil
    }
    guard leaves.count <= EmbeddingNorm.mostSources else {
      context.missed(
        "embeddings not fused: more than \(EmbeddingNorm.mostSources) addends", node.origin,
        NearMiss(
          .limit, value: graph.label(node.operands[0]), at: node.origin.location,
          hint: "add tables that one index reads before the lookup: that is computed once"))
      return nil
    }
    let known = addends.compactMap { $0 }
    var patch = Patch(rewriting: known.flatMap(\.nodes) + sums + [node])
    let op = try EmbeddingNorm(
      known.map(\.source), weight: norm.hasWeight, bias: norm.hasBias, epsilon: norm.epsilon)
    let results = try patch.add(
      op, known.flatMap(\.operands) + node.operands.dropFirst(), in: graph)
    patch.replace(node, with: results)
    context.applied("\(known.count) embeddings and their norm fused", patch)
    return patch
  }

  /// The sums and the addends of a tree of sums, from left to right; a few more than can be fused
  /// at most, for a tree may share its branches.
  private func addends(
    of value: ValueID, in graph: Graph
  ) -> (sums: [Node], leaves: [ValueID])? {
    var (sums, leaves): ([Node], [ValueID]) = ([], [])
    var open = [value]
    while let next = open.popLast(), leaves.count <= EmbeddingNorm.mostSources {
      if let (sum, _) = graph.producer(of: next, as: Add.self),
        sums.count <= EmbeddingNorm.mostSources
      {
        sums.append(sum)
        open += sum.operands.reversed()
      } else {
        leaves.append(next)
      }
    }
    return leaves.count > 1 ? (sums, leaves) : nil
  }

  /// What keeps one of `leaves` from being a lookup that can be fused, where all others are: its
  /// result is used elsewhere, or something stands between it and the sum.
  private func obstacle(
    among leaves: [ValueID], of node: Node, in graph: Graph
  ) -> (reason: String, nearMiss: NearMiss)? {
    let found = leaves.map { obstacle($0, of: node, in: graph) }
    guard let first = found.lazy.compactMap({ $0 }).first else { return nil }
    // Looked at last: whether something is known takes a walk through the graph.
    let others = zip(leaves, found).filter { $0.1 == nil }.map(\.0)
    let areRows = others.allSatisfy {
      graph.producer(of: $0)?.op is Embedding || graph.isKnownBeforeRun($0)
    }
    return areRows ? first : nil
  }

  private func obstacle(
    _ leaf: ValueID, of node: Node, in graph: Graph
  ) -> (reason: String, nearMiss: NearMiss)? {
    guard let producer = graph.producer(of: leaf),
      graph.type(of: leaf).shape == graph.type(of: node.results[0]).shape
    else { return nil }
    if producer.op is Embedding {
      guard !graph.hasSoleUse(leaf), !graph.isKnownBeforeRun(leaf) else { return nil }
      return (
        "\(graph.label(leaf)) is used elsewhere, too",
        graph.sharing(
          of: leaf, besides: graph.users[leaf.index].prefix(1).map { graph[$0] },
          hint: "look the rows up again for the other use: a lookup costs less than a sum that is "
            + "written and read")
      )
    }
    // A number times the rows, or their conversion.
    let rows = producer.operands.filter { graph.scalar($0) == nil }
    guard producer.op is any ElementwiseComputation, rows.count == 1,
      graph.producer(of: rows[0])?.op is Embedding, graph.hasSoleUse(leaf),
      !graph.isKnownBeforeRun(leaf)
    else { return nil }
    return (
      "\(producer.op.name) stands between a lookup and the sum",
      graph.standing(
        producer, of: leaf,
        hint:
          "let '\(producer.op.name)' change the table, not the rows\(graph.line(of: producer)): "
          + "that is computed once, before the run")
    )
  }

  /// How the fused op reads `value`; nil where it is stretched along an inner axis.
  private func addend(_ value: ValueID, of norm: Node, in graph: Graph) -> Addend? {
    let result = graph.type(of: norm.results[0])
    let type = graph.type(of: value)
    let positions = result.rank >= 2 ? result.shape.dims[result.rank - 2] : 1
    if let (lookup, _) = graph.producer(of: value, as: Embedding.self),
      graph.type(of: lookup.operands[0]).rank == 2, graph.hasSoleUse(value)
    {
      if type.shape == result.shape {
        return Addend(source: .indices, operands: lookup.operands, nodes: [lookup])
      }
      if let (counting, iota) = graph.producer(of: lookup.operands[1], as: Iota.self),
        iota.start == 0, iota.count == positions, result.rank >= 2
      {
        return Addend(
          source: .positions, operands: [lookup.operands[0]], nodes: [counting, lookup])
      }
    }
    if let (rows, slice) = graph.producer(of: value, as: Slice.self), slice.axis == 0,
      slice.start == 0, slice.end == positions, result.rank >= 2,
      graph.type(of: rows.operands[0]).rank == 2, graph.isKnownBeforeRun(rows.operands[0])
    {
      return Addend(source: .positions, operands: rows.operands, nodes: [rows])
    }
    let own = type.shape.dims.drop { $0 == 1 }
    guard own.last == result.shape.dims.last, own.elementsEqual(result.shape.dims.suffix(own.count))
    else { return nil }
    return Addend(source: .rows, operands: [value], nodes: [])
  }
}
