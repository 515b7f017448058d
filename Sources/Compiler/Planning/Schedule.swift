import IR
import Tensors

/// The nodes of a bound graph in the order in which they run, and the blocks of memory that their
/// results get.
struct Schedule {
  let nodes: [Node]
  var buffers: BufferAssignment

  /// Nodes with a result that isn't known before the run: in the graph's order, or in another where
  /// that has the lower peak.
  init(_ graph: Graph, isKnown: [Bool], order: NodeOrder = .quick) throws(PlanningError) {
    let bytes = try Schedule.byteCounts(graph, isKnown)
    let given = graph.nodes.filter { $0.results.contains { !isKnown[$0.index] } }
    var best = (nodes: given, buffers: BufferAssignment(valueCount: graph.values.count))
    best.buffers.assign(given, of: graph, isKnown: isKnown)
    var orders = [Scheduler.greedyOrder(given, of: graph, bytes: bytes)]
    if order == .searched {
      orders.append(Scheduler.searchedOrder(given, of: graph, bytes: bytes))
    }
    for nodes in orders where nodes.map(\.id) != best.nodes.map(\.id) {
      var buffers = BufferAssignment(valueCount: graph.values.count)
      buffers.assign(nodes, of: graph, isKnown: isKnown)
      if buffers.peak < best.buffers.peak { best = (nodes, buffers) }
    }
    (nodes, buffers) = best
  }

  /// What each value takes while it is alive: nothing where it is an input, a state or known before the
  /// run.
  private static func byteCounts(
    _ graph: Graph, _ isKnown: [Bool]
  ) throws(PlanningError) -> [Int] {
    var bytes = [Int](repeating: 0, count: graph.values.count)
    var total = 0
    for value in graph.values where !isKnown[value.id.index] && graph.state(of: value.id) == nil {
      do {
        bytes[value.id.index] = try Tensor.byteCount(
          value.type.dtype, value.type.shape.values ?? [])
      } catch {
        throw .size(error, origin: value.origin)
      }
      // Sums of sizes below stay far from overflow.
      total = total.addingReportingOverflow(bytes[value.id.index]).partialValue
      guard total >= 0, total < Int.max / 4 else {
        throw .size(.outOfMemory(bytes: .max), origin: value.origin)
      }
    }
    for input in graph.inputs { bytes[input.id.index] = 0 }
    return bytes
  }
}
