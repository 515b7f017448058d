import IR

/// What is alive while nodes run one after the other. A view is no memory of its own: it keeps what
/// it is a view of alive.
struct LiveMemory {
  private let bytes: [Int]
  /// For each value, the one whose memory it is a part of.
  private var root: [Int]
  /// For each root, the uses of it and its views that are still to come.
  private var uses: [Int]

  init(_ nodes: [Node], of graph: Graph, bytes: [Int]) {
    self.bytes = bytes
    root = Array(graph.values.indices)
    uses = Array(repeating: 0, count: graph.values.count)
    for node in nodes where node.op is any Viewing && node.results.count == 1 {
      root[node.results[0].index] = root[node.operands[0].index]
    }
    for node in nodes {
      for (value, count) in roots(node) { uses[value] += count }
    }
    for output in graph.outputs { uses[root[output.value.index]] += 1 }
  }

  /// How many bytes more are alive after `node` than before.
  func growth(_ node: Node) -> Int {
    var growth = 0
    for result in node.results where root[result.index] == result.index {
      growth += bytes[result.index]
    }
    for (value, count) in roots(node) where uses[value] == count { growth -= bytes[value] }
    return growth
  }

  /// How many bytes more are alive while `node` runs than before.
  func need(_ node: Node) -> Int {
    node.results.reduce(0) { $0 + (root[$1.index] == $1.index ? bytes[$1.index] : 0) }
  }

  mutating func run(_ node: Node) {
    for (value, count) in roots(node) { uses[value] -= count }
  }

  /// The roots of a node's operands, each with the number of different operands that are parts of it.
  private func roots(_ node: Node) -> [(value: Int, count: Int)] {
    var roots: [(value: Int, count: Int)] = []
    for (i, operand) in node.operands.enumerated() where !node.operands[..<i].contains(operand) {
      let value = root[operand.index]
      if let known = roots.firstIndex(where: { $0.value == value }) {
        roots[known].count += 1
      } else {
        roots.append((value, 1))
      }
    }
    return roots
  }
}
