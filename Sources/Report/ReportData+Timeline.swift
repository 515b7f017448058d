import Executor

extension ReportData {
  /// What each worker did in one run. Times are nanoseconds since the run began.
  public struct Timeline: Codable, Hashable, Sendable {
    /// The tiles of one step that one worker computed.
    public struct Bar: Codable, Hashable, Sendable {
      /// The step's position in the plan.
      public var step: Int
      /// The worker; 0 is the thread that called.
      public var worker: Int
      /// When it began its first tile.
      public var start: Int
      /// When it ended its last.
      public var end: Int
      /// How long it was inside the kernel.
      public var busy: Int
      /// How many tiles it computed.
      public var tiles: Int

      /// A bar from its parts.
      public init(step: Int, worker: Int, start: Int, end: Int, busy: Int, tiles: Int) {
        self.step = step
        self.worker = worker
        self.start = start
        self.end = end
        self.busy = busy
        self.tiles = tiles
      }
    }

    /// How many workers could take part.
    public var workers: Int
    /// From the begin of the run to its end.
    public var duration: Int
    /// In the order of the plan.
    public var bars: [Bar]

    /// A timeline from its parts.
    public init(workers: Int, duration: Int, bars: [Bar]) {
      self.workers = workers
      self.duration = duration
      self.bars = bars
    }

    /// The timeline of one run.
    public init(of run: Trace.Run) {
      let bars = run.steps.flatMap { step in
        step.shares.map { share in
          Bar(
            step: step.step, worker: share.worker, start: share.start, end: share.end,
            busy: share.busy, tiles: share.tiles)
        }
      }
      self.init(workers: run.workers, duration: run.duration, bars: bars)
    }

    /// The timeline of the run in the middle, by duration; nil where there is none.
    public init?(ofMedian runs: [Trace.Run]) {
      guard !runs.isEmpty else { return nil }
      let order = runs.indices.sorted { (runs[$0].duration, $0) < (runs[$1].duration, $1) }
      self.init(of: runs[order[(order.count - 1) / 2]])
    }
  }
}
