import IR

/// Orders nodes so that little memory is alive at once.
enum Scheduler {
  /// An order of `nodes` in which every node stands after those whose results it uses: the given
  /// one, or a greedy one where its peak is lower.
  ///
  /// - Parameter bytes: for each value of the graph, what it takes while it is alive; 0 for what is
  ///   known before the run.
  static func order(_ nodes: [Node], of graph: Graph, bytes: [Int]) -> [Node] {
    let greedy = greedyOrder(nodes, of: graph, bytes: bytes)
    return peak(greedy, of: graph, bytes) < peak(nodes, of: graph, bytes) ? greedy : nodes
  }

  /// Always the ready node after which least memory is alive; the earlier one of equals.
  private static func greedyOrder(_ nodes: [Node], of graph: Graph, bytes: [Int]) -> [Node] {
    var uses = remainingUses(nodes, of: graph)
    var waiting = [Int](repeating: 0, count: graph.nodes.count)
    var isScheduled = [Bool](repeating: false, count: graph.nodes.count)
    for node in nodes { isScheduled[node.id.index] = true }
    for node in nodes {
      waiting[node.id.index] = Set(node.operands).count { operand in
        graph.producer(of: operand).map { isScheduled[$0.id.index] } ?? false
      }
    }
    var ready = nodes.filter { waiting[$0.id.index] == 0 }
    var order: [Node] = []
    while !ready.isEmpty {
      let growth = ready.map { node in
        node.results.reduce(0) { $0 + bytes[$1.index] }
          - Set(node.operands).reduce(0) { $0 + (uses[$1.index] == 1 ? bytes[$1.index] : 0) }
      }
      let best = ready.indices.min { (growth[$0], ready[$0].id) < (growth[$1], ready[$1].id) } ?? 0
      let node = ready.remove(at: best)
      order.append(node)
      for operand in Set(node.operands) { uses[operand.index] -= 1 }
      for result in node.results {
        for user in graph.users[result.index] where isScheduled[user.index] {
          waiting[user.index] -= 1
          if waiting[user.index] == 0 { ready.append(graph[user]) }
        }
      }
    }
    return order
  }

  /// For each value, how many of `nodes` use it; outputs once more.
  private static func remainingUses(_ nodes: [Node], of graph: Graph) -> [Int] {
    var uses = [Int](repeating: 0, count: graph.values.count)
    for node in nodes {
      for operand in Set(node.operands) { uses[operand.index] += 1 }
    }
    for output in graph.outputs { uses[output.value.index] += 1 }
    return uses
  }

  /// The largest sum of bytes alive in one node.
  static func peak(_ nodes: [Node], of graph: Graph, _ bytes: [Int]) -> Int {
    var uses = remainingUses(nodes, of: graph)
    var (alive, most) = (0, 0)
    for node in nodes {
      alive += node.results.reduce(0) { $0 + bytes[$1.index] }
      most = max(most, alive)
      for operand in Set(node.operands) {
        uses[operand.index] -= 1
        if uses[operand.index] == 0, graph.producer(of: operand) != nil {
          alive -= bytes[operand.index]
        }
      }
      for result in node.results where uses[result.index] == 0 { alive -= bytes[result.index] }
    }
    return most
  }
}
