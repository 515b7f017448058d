import Compiler
import IR
import Operators

/// Computes several linear layers of one x in one pass over it:
/// query, key and value of an attention → `merged_linear(x, wq, wk, wv, bq, bk, bv)`.
///
/// Only within one layer: merging what distant layers compute of a shared value would keep all of
/// their results alive at once.
public struct MergeProjections: Pass {
  public let name = "merge-projections"
  public let summary = "Computes linear layers of one x, such as query, key and value, together."

  /// Where linear layers stand that may be computed together.
  private struct Place: Hashable {
    var x: ValueID
    var layer: LayerPath
  }

  private struct Key: Hashable {
    var place: Place
    var transposed: Bool
    var biased: Bool
  }

  /// The linear layers of a graph, by what they may be merged with.
  private struct Layers {
    var groups: [Key: [LinearParts]] = [:]
    var order: [Key] = []
    /// Those that something keeps from being merged.
    var misfits: [(place: Place, parts: LinearParts)] = []
    /// Those that are merged already.
    var merged: [Place: (node: Node, op: MergedLinear)] = [:]
  }

  /// The pass.
  public init() {}

  public func run(on graph: Graph, context: inout PassContext) throws -> [Patch] {
    let layers = layers(of: graph)
    report(layers, in: graph, &context)
    return try layers.order.compactMap { key in
      guard let members = layers.groups[key], members.count > 1 else { return nil }
      var patch = Patch(rewriting: members.map(\.node))
      let results = try patch.add(
        MergedLinear(biases: key.biased, transposed: key.transposed),
        [key.place.x] + members.map(\.weight) + members.compactMap(\.bias), in: graph)
      for (member, result) in zip(members, results) {
        patch.replace(member.node.results[0], with: result)
      }
      context.applied(
        "\(members.count) linear layers of \(graph.label(key.place.x)) merged", patch)
      return patch
    }
  }

  private func layers(of graph: Graph) -> Layers {
    var layers = Layers()
    for node in graph.nodes {
      if let op = node.op as? MergedLinear {
        layers.merged[Place(x: node.operands[0], layer: node.origin.path)] = (node, op)
      }
      guard let op = node.op as? Linear else { continue }
      let parts = LinearParts(node, op)
      let place = Place(
        x: parts.x, layer: LayerPath(Array(node.origin.path.components.dropLast())))
      guard parts.isPlain, isKnown(parts, in: graph) else {
        layers.misfits.append((place, parts))
        continue
      }
      let key = Key(place: place, transposed: op.transposed, biased: op.hasBias)
      if layers.groups[key] == nil { layers.order.append(key) }
      layers.groups[key, default: []].append(parts)
    }
    return layers
  }

  private func isKnown(_ parts: LinearParts, in graph: Graph) -> Bool {
    graph.isKnownBeforeRun(parts.weight) && parts.bias.map(graph.isKnownBeforeRun) ?? true
  }

  /// Says what isn't merged with the others of its place, and why.
  private func report(_ layers: Layers, in graph: Graph, _ context: inout PassContext) {
    for (place, parts) in layers.misfits {
      let others = layers.order.first { $0.place == place }.flatMap {
        layers.groups[$0]?.first?.node
      }
      guard let other = others ?? layers.merged[place]?.node else { continue }
      if isKnown(parts, in: graph) {
        let epilogue = parts.epilogue.filter { $0 != "a bias" }.joined(separator: ", ")
        miss(
          parts, beside: other, "something happens to the product", in: graph, &context,
          NearMiss(
            .freeEpilogue, value: epilogue, at: parts.node.origin.location,
            hint:
              "nothing to change where \(epilogue) in the product saves more; apart from it the "
              + "layers would be one product"))
      } else {
        miss(
          parts, beside: other, "its weight isn't known before the run", in: graph, &context,
          NearMiss(
            .knownBeforeRun, value: graph.label(parts.weight), at: parts.node.origin.location,
            hint: "make the weight of parameters and constants alone"))
      }
    }
    for key in layers.order where layers.groups[key]?.count == 1 {
      guard let parts = layers.groups[key]?.first else { continue }
      var other = layers.merged[key.place].map {
        ($0.node, transposed: $0.op.transposed, biased: $0.op.hasBiases)
      }
      for candidate in layers.order where candidate.place == key.place && candidate != key {
        guard let member = layers.groups[candidate]?.first, member.node.id < parts.node.id else {
          continue
        }
        other = other ?? (member.node, candidate.transposed, candidate.biased)
      }
      guard let other, other.transposed != key.transposed || other.biased != key.biased else {
        continue
      }
      reportAttributes(parts, key, beside: other.0, isBiased: other.biased, in: graph, &context)
    }
  }

  private func reportAttributes(
    _ parts: LinearParts, _ key: Key, beside other: Node, isBiased: Bool, in graph: Graph,
    _ context: inout PassContext
  ) {
    let (reason, hint) =
      key.biased == isBiased
      ? (
        "its weight lies the other way round",
        "declare the weight as the others are, [outputs, inputs] or [inputs, outputs]"
      )
      : (
        key.biased ? "it has a bias, they have none" : "it has no bias, they have one",
        key.biased ? "give the others a bias of zeros" : "give it a bias of zeros"
      )
    miss(
      parts, beside: other, reason, in: graph, &context,
      NearMiss(
        .sameAttributes, value: graph.label(parts.weight), at: parts.node.origin.location,
        hint: hint + graph.line(of: other)))
  }

  private func miss(
    _ parts: LinearParts, beside other: Node, _ reason: String, in graph: Graph,
    _ context: inout PassContext, _ nearMiss: NearMiss
  ) {
    context.missed(
      "not merged with the other layers of \(graph.label(parts.x)): \(reason)",
      parts.node.origin.merged(with: other.origin), nearMiss)
  }
}
