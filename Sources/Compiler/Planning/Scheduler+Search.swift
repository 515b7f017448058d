import IR

extension Scheduler {
  /// How many orders are followed side by side.
  private static let breadth = 12
  /// Nodes of which a search still takes a moment; larger graphs keep the greedy order.
  private static let largestGraph = 4000

  /// The order with the lowest peak that a beam search finds: of all ways to go on with the best
  /// orders so far, the best are kept. The earlier node wins among equals.
  ///
  /// - Parameter bytes: for each value of the graph, what it takes while it is alive; 0 for what is
  ///   known before the run.
  static func searchedOrder(_ nodes: [Node], of graph: Graph, bytes: [Int]) -> [Node] {
    guard nodes.count <= largestGraph else { return greedyOrder(nodes, of: graph, bytes: bytes) }
    let waiting = waitingCounts(nodes, of: graph)
    var beam = [
      Partial(
        memory: LiveMemory(nodes, of: graph, bytes: bytes), waiting: waiting,
        ready: nodes.filter { waiting[$0.id.index] == 0 }.map(\.id))
    ]
    for _ in nodes {
      var moves: [Move] = []
      for (i, partial) in beam.enumerated() {
        moves += partial.ready.map { partial.move(graph[$0], from: i) }
      }
      moves.sort()
      var next: [Partial] = []
      var seen: Set<Set<NodeID>> = []
      for move in moves where next.count < breadth {
        let partial = beam[move.partial].running(graph[move.node], peak: move.peak, in: graph)
        if seen.insert(partial.done).inserted { next.append(partial) }
      }
      beam = next
    }
    return (beam.first?.order ?? []).map { graph[$0] }
  }

  /// A node that may run next.
  private struct Move: Comparable {
    var peak: Int
    var alive: Int
    var node: NodeID
    var partial: Int

    static func < (a: Move, b: Move) -> Bool {
      (a.peak, a.alive, a.node, a.partial) < (b.peak, b.alive, b.node, b.partial)
    }
  }

  /// The beginning of an order.
  private struct Partial {
    var memory: LiveMemory
    var waiting: [Int]
    var ready: [NodeID]
    var order: [NodeID] = []
    var done: Set<NodeID> = []
    var alive = 0
    var peak = 0

    func move(_ node: Node, from partial: Int) -> Move {
      Move(
        peak: max(peak, alive + memory.need(node)), alive: alive + memory.growth(node),
        node: node.id, partial: partial)
    }

    func running(_ node: Node, peak: Int, in graph: Graph) -> Partial {
      var next = self
      next.peak = peak
      next.alive += memory.growth(node)
      next.memory.run(node)
      next.order.append(node.id)
      next.done.insert(node.id)
      next.ready.removeAll { $0 == node.id }
      for result in node.results {
        for user in graph.users[result.index] where next.waiting[user.index] > 0 {
          next.waiting[user.index] -= 1
          if next.waiting[user.index] == 0 { next.ready.append(user) }
        }
      }
      return next
    }
  }
}
