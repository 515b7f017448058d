import IR
import Tensors

/// What a graph's intermediate values take, told without weights or kernels: how a pass changed it is
/// seen by sketches before and after.
public struct MemorySketch: Hashable, Sendable {
  /// The largest sum of bytes alive at once: no arena can be smaller.
  public let lowerBound: Int
  /// Bytes of all results that steps write, outputs among them.
  public let resultByteCount: Int
  /// Steps that a run takes.
  public let steps: Int

  /// The sketch of `graph`, whose symbols `bindings` give values.
  public init(of graph: Graph, bindings: Bindings) throws(PlanningError) {
    let bound: Graph
    do {
      bound = try graph.binding(bindings)
    } catch {
      throw .binding(error)
    }
    let isKnown = KnownValues.foreseen(in: bound)
    var schedule = try Schedule(bound, isKnown: isKnown)
    var (step, written) = (0, 0)
    for node in schedule.nodes where !schedule.buffers.isView(node) {
      for operand in node.operands where !isKnown[operand.index] {
        schedule.use(operand, of: bound, in: step)
      }
      for result in node.results { schedule.use(result, of: bound, in: step) }
      written += Cost.byteCount(node.results.map { bound.type(of: $0) })
      step += 1
    }
    for (i, output) in bound.outputs.enumerated() where !schedule.buffers.isWritten(output: i) {
      if !isKnown[output.value.index] { schedule.use(output.value, of: bound, in: step) }
      written += Cost.byteCount([bound.type(of: output.value)])
      step += 1
    }
    lowerBound = MemoryPlanner.lowerBound(schedule.buffers.intervals).bytes
    resultByteCount = written
    steps = step
  }
}

extension Schedule {
  fileprivate mutating func use(_ value: ValueID, of graph: Graph, in step: Int) {
    let byteCount = Cost.byteCount([graph.type(of: value)])
    buffers.use(buffers.location(of: value, byteCount: byteCount), in: step)
  }
}
