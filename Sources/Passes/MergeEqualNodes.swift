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
    var first: [Key: Node] = [:]
    for node in graph.nodes {
      let key = Key(
        op: node.op.name, attributes: node.op.attributes,
        operands: node.operands.map { same[$0] ?? $0 })
      guard let twin = first[key] else {
        first[key] = node
        continue
      }
      var patch = Patch(rewriting: [twin, node])
      for (old, new) in zip(node.results, twin.results) {
        same[old] = new
        patch.replace(old, with: new)
      }
      context.applied("\(node.op.name) computed once for both", patch.origin)
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
      var patch = Patch(origin: value.origin)
      patch.replace(value.id, with: twin)
      patches.append(patch)
    }
    return patches
  }
}
