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

  private struct Key: Hashable {
    var x: ValueID
    var layer: LayerPath
    var transposed: Bool
    var biased: Bool
  }

  /// The pass.
  public init() {}

  public func run(on graph: Graph, context: inout PassContext) throws -> [Patch] {
    var groups: [Key: [LinearParts]] = [:]
    var order: [Key] = []
    for node in graph.nodes {
      guard let op = node.op as? Linear else { continue }
      let parts = LinearParts(node, op)
      let key = Key(
        x: parts.x, layer: LayerPath(Array(node.origin.path.components.dropLast())),
        transposed: op.transposed, biased: op.hasBias)
      guard parts.isPlain, graph.isKnownBeforeRun(parts.weight),
        parts.bias.map({ graph.isKnownBeforeRun($0) }) ?? true
      else {
        if let first = groups[key]?.first {
          context.missed(
            "not merged with the other layers of \(graph.label(parts.x)): "
              + "something happens to the product", first.node.origin.merged(with: node.origin))
        }
        continue
      }
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(parts)
    }
    return try order.compactMap { key in
      guard let members = groups[key], members.count > 1 else { return nil }
      var patch = Patch(rewriting: members.map(\.node))
      let results = try patch.add(
        MergedLinear(biases: key.biased, transposed: key.transposed),
        [key.x] + members.map(\.weight) + members.compactMap(\.bias), in: graph)
      for (member, result) in zip(members, results) {
        patch.replace(member.node.results[0], with: result)
      }
      context.applied(
        "\(members.count) linear layers of \(graph.label(key.x)) merged", patch)
      return patch
    }
  }
}
