import IR
import Operators

/// An activation that is spelled with several elementwise ops: `h * sigmoid(h)`,
/// `0.5 * h * (1 + erf(h / √2))`.
struct WrittenOutActivation {
  /// The node that gives what the whole computes.
  let end: Node
  /// The ops, none twice, in order.
  let ops: [String]
  /// What to write instead.
  let hint: String

  /// A spelled activation has no more nodes than this.
  private static let mostNodes = 12

  /// The activation of `value`, where all that reads it joins again in one node and numbers are all
  /// that comes in from elsewhere.
  init?(of value: ValueID, in graph: Graph) {
    var cone: Set<ValueID> = [value]
    var nodes: [Node] = []
    var open = graph.users[value.index]
    var seen = Set(open)
    while !open.isEmpty {
      let node = graph[open.remove(at: open.indices.min { open[$0] < open[$1] } ?? 0)]
      guard node.op is any ElementwiseComputation,
        node.operands.allSatisfy({ cone.contains($0) || graph.scalar($0) != nil })
      else { continue }
      nodes.append(node)
      guard nodes.count <= Self.mostNodes else { return nil }
      cone.formUnion(node.results)
      for user in graph.users[node.results[0].index] where seen.insert(user).inserted {
        open.append(user)
      }
    }
    // Where the paths meet: the first node that nothing inside passes by.
    let joins = nodes.indices.filter { i in
      Self.isJoin(nodes[i], after: Array(nodes[...i]), of: value, in: graph)
    }
    guard let at = joins.first, !graph.isOutput(value) else { return nil }
    let inside = nodes[...at]
    let functions = inside.filter { $0.op is Erf || $0.op is Tanh || $0.op is Sigmoid }
    guard functions.count == 1, let function = functions.first, inside.count > 1 else { return nil }
    end = nodes[at]
    var names: [String] = []
    for node in inside where !names.contains(node.op.name) { names.append(node.op.name) }
    ops = names
    let place = Graph.line(end.origin.location)
    switch function.op {
    case is Erf: hint = "write gelu(x)\(place)"
    case is Tanh: hint = "write gelu(x, approximation: \"tanh\")\(place)"
    case is Sigmoid where inside.count == 2: hint = "write silu(x)\(place)"
    default:
      hint =
        "gelu, relu, sigmoid, silu and tanh are done in the product; silu(x) or gelu(x)\(place) "
        + "are near to this one"
    }
  }

  /// Whether all that leads from `value` through `nodes` ends in `node`, the last of them.
  private static func isJoin(
    _ node: Node, after nodes: [Node], of value: ValueID, in graph: Graph
  ) -> Bool {
    let ids = Set(nodes.map(\.id))
    let inner = [value] + nodes.dropLast().flatMap(\.results)
    return node.op is Mul
      && inner.allSatisfy { !graph.isOutput($0) && graph.users[$0.index].allSatisfy(ids.contains) }
  }
}
