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
  static func waitingCounts(_ nodes: [Node], of graph: Graph) -> [Int] {
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
