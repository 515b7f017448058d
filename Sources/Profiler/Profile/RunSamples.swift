import Executor

/// What is kept of many runs: for each its times, for a few all that was traced.
public struct RunSamples: Sendable {
  /// The times of one run, in nanoseconds.
  struct Sample: Sendable {
    /// From the call to the return.
    var wall: Double
    var prepare: Double
    var wake: Double
    var finish: Double
    var steps: [Float]
    var gaps: [Float]
    var waits: [Float]
    /// A run without a trace, taken in turn with this one.
    var untraced: Double?
  }

  /// How many runs are kept whole: the first ones.
  public static let tracedLimit = 64

  private(set) var samples: [Sample] = []
  /// The labels of the plan's steps.
  private(set) var labels: [Int] = []
  private(set) var workers = 0
  /// The first runs, whole.
  public private(set) var traced: [Trace.Run] = []

  /// The times of the runs in milliseconds, from the call to the return, in the order in which they ran.
  public var walls: [Double] { samples.map { $0.wall / 1e6 } }

  /// No runs.
  public init() {}

  /// Adds a run of the same plan as those before; others are left out.
  ///
  /// - Parameters:
  ///   - wall: nanoseconds from the call to the return; by default what the trace saw.
  ///   - untraced: nanoseconds of a run without a trace, taken in turn with this one.
  public mutating func add(_ run: Trace.Run, wall: Int? = nil, untraced: Int? = nil) {
    if samples.isEmpty { labels = run.steps.map(\.label) }
    guard run.steps.map(\.label) == labels else { return }
    let split = RunSplit(run)
    workers = max(workers, run.workers)
    samples.append(
      Sample(
        wall: Double(max(wall ?? run.duration, run.duration)), prepare: Double(split.prepare),
        wake: Double(split.wake), finish: Double(split.finish),
        steps: split.steps.map { Float($0) }, gaps: split.gaps.map { Float($0) },
        waits: split.waits.map { Float($0) }, untraced: untraced.map { Double($0) }))
    if traced.count < RunSamples.tracedLimit { traced.append(run) }
  }

  /// The middle half of the runs by their wall time: their means add up, and no outlier is in them.
  var typical: [Sample] {
    let order = samples.indices.sorted { (samples[$0].wall, $0) < (samples[$1].wall, $1) }
    let cut = (order.count + 1) / 4
    return order.dropFirst(cut).dropLast(cut).map { samples[$0] }
  }

  /// Of the runs that are kept whole the fastest, the middle and the slowest, in the order in which
  /// they ran, each with its number and what it is.
  public var shown: [(number: Int, what: String, run: Trace.Run)] {
    let order = traced.indices.sorted {
      (traced[$0].duration, $0) < (traced[$1].duration, $1)
    }
    guard let first = order.first, let last = order.last else { return [] }
    var names: [Int: String] = [:]
    names[order[(order.count - 1) / 2]] = "median"
    names[last] = "slowest"
    names[first] = order.count == 1 ? "only run" : "fastest"
    return names.sorted { $0.key < $1.key }.map { ($0.key, $0.value, traced[$0.key]) }
  }
}
