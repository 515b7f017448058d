import IR

/// Orders nodes so that little memory is alive at once.
enum Scheduler {
  /// Always the ready node after which least memory is alive; the earlier one of equals.
  ///
  /// - Parameter bytes: for each value of the graph, what it takes while it is alive; 0 for what is
  ///   known before the run.
  static func greedyOrder(_ nodes: [Node], of graph: Graph, bytes: [Int]) -> [Node] {
    var memory = LiveMemory(nodes, of: graph, bytes: bytes)
    var waiting = waitingCounts(nodes, of: graph)
    var ready = nodes.filter { waiting[$0.id.index] == 0 }
    var order: [Node] = []
    while !ready.isEmpty {
      var best = 0
      var least = (Int.max, NodeID(.max))
      for (i, node) in ready.enumerated() {
        let key = (memory.growth(node), node.id)
        if key < least { (best, least) = (i, key) }
      }
      let node = ready.remove(at: best)
      order.append(node)
      memory.run(node)
      for result in node.results {
        for user in graph.users[result.index] where waiting[user.index] > 0 {
          waiting[user.index] -= 1
          if waiting[user.index] == 0 { ready.append(graph[user]) }
        }
      }
    }
    return order
  }

  /// For each node of the graph, how many results of other `nodes` it waits for; -1 for the rest.
  private static func waitingCounts(_ nodes: [Node], of graph: Graph) -> [Int] {
    var waiting = [Int](repeating: -1, count: graph.nodes.count)
    for node in nodes { waiting[node.id.index] = 0 }
    for node in nodes {
      for result in node.results {
        for user in graph.users[result.index] where waiting[user.index] >= 0 {
          waiting[user.index] += 1
        }
      }
    }
    return waiting
  }
}

/// What is alive while nodes run one after the other. A view is no memory of its own: it keeps what
/// it is a view of alive.
private struct LiveMemory {
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
