import Compiler
import IR
import Tensors

/// Computes equal things once: two nodes of one op with equal attributes and operands become one,
/// and so do equal small constants (common subexpression elimination).
public struct MergeEqualNodes: Pass {
  public let name = "merge-equal-nodes"
  public let summary = "Computes equal things once."

  /// What makes two nodes equal.
  private struct Key: Hashable {
    var op: String
    var attributes: Attributes
    var operands: [ValueID]
  }

  /// What makes two constants equal.
  private struct ConstantKey: Hashable {
    var type: TensorType
    var bytes: [UInt8]
  }

  /// Constants larger than this aren't compared.
  private static let byteLimit = 4096

  /// The pass.
  public init() {}

  public func run(on graph: Graph, context: inout PassContext) throws -> [Patch] {
    var same: [ValueID: ValueID] = [:]
    var patches = mergeConstants(graph, &same)
    var groups: [Key: [Node]] = [:]
    var order: [Key] = []
    for node in graph.nodes where !node.results.isEmpty {
      let key = Key(
        op: node.op.name, attributes: node.op.attributes,
        operands: node.operands.map { same[$0] ?? $0 })
      if let twin = groups[key]?.first {
        for (old, new) in zip(node.results, twin.results) { same[old] = new }
      } else {
        order.append(key)
      }
      groups[key, default: []].append(node)
    }
    for key in order {
      guard let nodes = groups[key], nodes.count > 1 else { continue }
      // Made anew, so that the one node says where all of them come from.
      var patch = Patch(rewriting: nodes)
      let results = try patch.add(nodes[0].op, nodes[0].operands, in: graph)
      for node in nodes { patch.replace(node, with: results) }
      context.applied("\(nodes.count) equal \(key.op) computed once", patch)
      patches.append(patch)
    }
    return patches
  }

  private func mergeConstants(_ graph: Graph, _ same: inout [ValueID: ValueID]) -> [Patch] {
    var patches: [Patch] = []
    var first: [ConstantKey: ValueID] = [:]
    for value in graph.values {
      guard let tensor = graph.constant(value.id), tensor.byteCount <= Self.byteLimit,
        graph.useCount(of: value.id) > 0
      else { continue }
      let key = ConstantKey(type: value.type, bytes: tensor.withUnsafeBytes { Array($0) })
      guard let twin = first[key] else {
        first[key] = value.id
        continue
      }
      same[value.id] = twin
      var patch = Patch(origin: graph[twin].origin.merged(with: value.origin))
      patch.replace(value.id, with: twin)
      patches.append(patch)
    }
    return patches
  }
}
