import Compiler
import Executor
import IR

/// Where the time of a plan goes, over several runs.
///
/// As JSON (see ``JSONReport/json()``) it has exactly the properties below; times are milliseconds.
public struct Profile: Codable, Hashable, Sendable, JSONReport {
  /// A place in a graph file.
  public struct Line: Codable, Hashable, Sendable {
    /// The file as it was named.
    public var file: String
    /// The line, from 1.
    public var line: Int
    /// The column, from 1.
    public var column: Int

    /// `bert.weft:14`: the file without its folder, and the line.
    public var text: String {
      "\(file.split(separator: "/").last.map(String.init) ?? file):\(line)"
    }
  }

  /// One step of the plan.
  public struct Row: Codable, Hashable, Sendable {
    /// The position in the plan, from 0.
    public var step: Int
    /// The op.
    public var op: String
    /// What kind of work it is.
    public var category: OpCategory
    /// The kernel.
    public var kernel: String
    /// The layer that holds all that the step computes.
    public var layer: String
    /// The lines that were fused into it, the first the one that it is named after.
    public var lines: [Line]
    /// Where the layer of the first line is called; nil for a line of the model itself.
    public var caller: Line?
    /// How often it ran.
    public var calls: Int
    /// The median of its times.
    public var median: Double
    /// The sum of its times.
    public var total: Double
    /// Its median over the sum of all medians, in percent.
    public var percent: Double
    /// Floating-point operations of one call.
    public var flops: Int
    /// Bytes read and written by one call.
    public var bytes: Int
    /// FLOPs by the median time, in 10⁹ a second.
    public var gigaflopsPerSecond: Double
    /// Bytes by the median time, in 10⁹ a second.
    public var gigabytesPerSecond: Double
    /// The median time that a thread spent waiting while the step went on.
    public var wait: Double
  }

  /// How many runs were timed.
  public var runs: Int
  /// The threads that could take part.
  public var threads: Int
  /// The median time of a run, begin to end.
  public var wall: Double
  /// The fastest run.
  public var fastest: Double
  /// The slowest run.
  public var slowest: Double
  /// The median time of a run without a trace, taken in turn with the others; nil where none was.
  public var untraced: Double?
  /// The sum of the steps' medians.
  public var sum: Double
  /// The most memory that the process has had resident, in bytes; nil where it isn't known.
  public var peakResidentByteCount: Int?
  /// The steps, in the order of the plan.
  public var steps: [Row]

  /// A profile of `runs` of `planned`; runs of other plans are left out.
  ///
  /// - Parameter untraced: nanoseconds of runs without a trace, taken in turn with `runs`.
  public init(of planned: PlannedGraph, runs: [Trace.Run], untraced: [Int] = []) {
    self.init(planned.steps, runs)
    peakResidentByteCount = PeakResident.byteCount
    if !untraced.isEmpty { self.untraced = Figures.median(untraced.map { Double($0) / 1e6 }) }
  }

  init(_ steps: [PlannedStep], _ runs: [Trace.Run]) {
    let runs = runs.filter { run in
      run.steps.count == steps.count && run.steps.allSatisfy { steps.indices.contains($0.label) }
    }
    let walls = runs.map { Double($0.duration) / 1e6 }
    self.runs = runs.count
    threads = runs.map(\.workers).max() ?? 0
    wall = Figures.median(walls)
    fastest = walls.min() ?? 0
    slowest = walls.max() ?? 0
    var rows = steps.indices.map { i in Row(steps[runs.first?.steps[i].label ?? i], at: i, runs) }
    let sum = rows.reduce(0) { $0 + $1.median }
    for i in rows.indices { rows[i].percent = sum > 0 ? 100 * rows[i].median / sum : 0 }
    self.sum = sum
    self.steps = rows
  }
}

extension Profile.Line {
  fileprivate init(_ location: SourceLocation) {
    self.init(file: location.file, line: location.line, column: location.column)
  }
}

extension Profile.Row {
  fileprivate init(_ description: PlannedStep, at step: Int, _ runs: [Trace.Run]) {
    let times = runs.map { Double($0.steps[step].duration) / 1e6 }
    let waits = runs.map { Double($0.steps[step].wait) / Double(max($0.workers, 1)) / 1e6 }
    let (read, written) = (description.cost.bytesRead, description.cost.bytesWritten)
    let (bytes, overflow) = read.addingReportingOverflow(written)
    self.step = step
    op = description.op
    category = description.category
    kernel = description.kernel
    layer = description.origin.path.description
    lines = description.origin.sites.compactMap(\.location).map { Profile.Line($0) }
    caller = description.origin.sites.first?.calls.last.map { Profile.Line($0) }
    calls = runs.count
    median = Figures.median(times)
    total = times.reduce(0, +)
    percent = 0
    flops = description.cost.flops
    self.bytes = overflow ? .max : bytes
    gigaflopsPerSecond = median > 0 ? Double(flops) / median / 1e6 : 0
    gigabytesPerSecond = median > 0 ? Double(self.bytes) / median / 1e6 : 0
    wait = Figures.median(waits)
  }
}
