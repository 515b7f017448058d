import Synchronization

/// Notes when each step of each run was computed. Give one to ``PlanExecutor/run(_:inputs:trace:cancellation:)``.
///
/// Costs two looks at the clock (50 ns) for each claim of tiles.
public final class Trace: Sendable {
  /// One run.
  public struct Run: Sendable {
    /// When the run began, on ``Clock``.
    public var start: Int
    /// When the last step was done, on ``Clock``.
    public var end: Int
    /// How many workers could take part, the caller among them.
    public var workers: Int
    /// The steps, in the plan's order.
    public var steps: [StepTiming]

    /// From begin to end, in nanoseconds.
    public var duration: Int { end - start }
  }

  private let finished = Mutex<[Run]>([])

  /// A trace without runs.
  public init() {}

  /// The runs that are complete, in the order in which they ended.
  public var runs: [Run] { finished.withLock { $0 } }

  func append(_ records: TraceRecords, of plan: Plan, start: Int, end: Int) {
    let steps = plan.steps.indices.map { i in
      StepTiming(step: i, label: plan.steps[i].label, records, runStart: start)
    }
    let run = Run(start: start, end: end, workers: records.participants, steps: steps)
    finished.withLock { $0.append(run) }
  }
}

extension StepTiming {
  init(step: Int, label: Int, _ records: TraceRecords, runStart: Int) {
    var shares: [Share] = []
    for worker in 0..<records.participants {
      let slot = records.slot(step: step, worker)
      if slot.tiles == 0 { continue }
      shares.append(
        Share(
          worker: worker, start: slot.start - runStart, end: slot.end - runStart, busy: slot.busy,
          tiles: slot.tiles))
    }
    let start = shares.map(\.start).min() ?? 0
    let end = shares.map(\.end).max() ?? 0
    let busy = shares.reduce(0) { $0 + $1.busy }
    self.init(
      step: step, label: label, start: start, end: end, shares: shares,
      wait: max(0, (end - start) * records.participants - busy))
  }
}
