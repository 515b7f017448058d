import Compiler
import IR
import Operators
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
    reportSwapped(order, groups, in: graph, &context)
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

  /// Ops whose operands may change places.
  private static func isCommutative(_ op: any Op) -> Bool {
    switch op {
    case is Add, is Mul, is Maximum, is Minimum, is Equal, is NotEqual, is LogicalAnd, is LogicalOr:
      true
    default: false
    }
  }

  /// Says that two nodes differ only in which of their operands stands first.
  private func reportSwapped(
    _ keys: [Key], _ groups: [Key: [Node]], in graph: Graph, _ context: inout PassContext
  ) {
    for key in keys where key.operands.count == 2 && key.operands[1] < key.operands[0] {
      var swapped = key
      swapped.operands.swapAt(0, 1)
      guard let node = groups[key]?.first, Self.isCommutative(node.op),
        let twin = groups[swapped]?.first
      else { continue }
      let (first, second) = node.id < twin.id ? (node, twin) : (twin, node)
      context.missed(
        "\(key.op) computed twice: its operands stand in another order the second time",
        second.origin.merged(with: first.origin),
        NearMiss(
          .operandOrder, value: graph.label(second.results[0]), at: second.origin.location,
          hint: "write the operands in the order of the first\(graph.line(of: first)), or use its "
            + "result"))
    }
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
