import Synchronization

/// Notes when each step of each run was computed. Give one to ``PlanExecutor/run(_:inputs:trace:cancellation:)``.
///
/// Costs a look at the processor's counter (10 ns) for each claim of tiles, and one for each worker and
/// step; what was noted is put in order when ``runs`` or ``take()`` asks for it, not while a run goes on.
public final class Trace: Sendable {
  /// One run.
  public struct Run: Sendable {
    /// When the run began, on ``Clock``.
    public var start: Int
    /// When the last step was done and the outputs were ready, on ``Clock``.
    public var end: Int
    /// How many workers could take part, the caller among them.
    public var workers: Int
    /// Nanoseconds from the start until inputs were checked, memory was there and the workers were
    /// called.
    public var ready = 0
    /// The steps, in the plan's order.
    public var steps: [StepTiming]

    /// A run from its parts.
    public init(start: Int, end: Int, workers: Int, ready: Int = 0, steps: [StepTiming]) {
      self.start = start
      self.end = end
      self.workers = workers
      self.ready = ready
      self.steps = steps
    }

    /// From begin to end, in nanoseconds.
    public var duration: Int { end - start }
  }

  /// What a run noted, on the counter.
  struct Notes: Sendable {
    var records: TraceRecords
    var plan: Plan
    var start: Int
    var ready: Int
    var end: Int
  }

  private struct Runs {
    var noted: [Notes] = []
    var finished: [Run] = []
  }

  let clock = TraceClock.best
  private let origin: TraceClock.Moment
  private let all = Mutex(Runs())

  /// A trace without runs.
  public init() { origin = TraceClock.best.moment() }

  /// The runs that are complete, in the order in which they ended.
  public var runs: [Run] {
    all.withLock { all in
      order(&all)
      return all.finished
    }
  }

  /// The same, and forgets them.
  public func take() -> [Run] {
    all.withLock { all in
      order(&all)
      defer { all.finished = [] }
      return all.finished
    }
  }

  func append(_ notes: Notes) { all.withLock { $0.noted.append(notes) } }

  private func order(_ all: inout Runs) {
    guard !all.noted.isEmpty else { return }
    let scale = clock.scale(since: origin)
    all.finished += all.noted.map { Run($0, scale) }
    all.noted = []
  }
}

extension Trace.Run {
  init(_ notes: Trace.Notes, _ scale: TraceClock.Scale) {
    let duration = scale.nanoseconds(from: notes.start, to: notes.end)
    let start = scale.time(at: notes.start)
    self.init(
      start: start, end: start + duration, workers: notes.records.participants,
      ready: min(duration, scale.nanoseconds(from: notes.start, to: notes.ready)),
      steps: notes.plan.steps.enumerated().map { i, step in
        StepTiming(step: i, label: step.label, notes.records) {
          min(duration, scale.nanoseconds(from: notes.start, to: $0))
        }
      })
  }
}

extension StepTiming {
  /// - Parameter time: nanoseconds from the run's start to some ticks.
  init(step: Int, label: Int, _ records: TraceRecords, time: (Int) -> Int) {
    var shares: [Share] = []
    for worker in 0..<records.participants {
      let slot = records.slot(step: step, worker)
      if slot.tiles == 0 { continue }
      let (start, end) = (time(slot.start), time(slot.end))
      let span = slot.end - slot.start
      // Ticks inside the kernel, as a share of those from the first tile to the last.
      let busy = span > 0 ? Double(slot.busy) / Double(span) * Double(end - start) : 0
      shares.append(
        Share(
          worker: worker, start: start, end: end, busy: Int(busy.rounded()), tiles: slot.tiles))
    }
    let start = shares.map(\.start).min() ?? 0
    let end = shares.map(\.end).max() ?? 0
    let busy = shares.reduce(0) { $0 + $1.busy }
    self.init(
      step: step, label: label, start: start, end: end, shares: shares,
      wait: max(0, (end - start) * records.participants - busy))
  }
}
