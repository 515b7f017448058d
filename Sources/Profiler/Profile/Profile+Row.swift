import IR

extension Profile {
  /// A place in a graph file.
  public struct Line: Codable, Hashable, Sendable {
    /// The file as it was named.
    public var file: String
    /// The line, from 1.
    public var line: Int
    /// The column, from 1.
    public var column: Int
    /// What stands in that line, without the space around it; nil where it isn't known.
    public var source: String?

    /// `bert.weft:14`: the file without its folder, and the line.
    public var text: String {
      "\(file.split(separator: "/").last.map(String.init) ?? file):\(line)"
    }
  }

  /// One step of the plan.
  public struct Row: Codable, Hashable, Sendable {
    /// The position in the plan, from 0.
    public var step: Int
    /// The node of the planned graph that it computes; nil for a copy to an output.
    public var node: Int?
    /// The op.
    public var op: String
    /// What kind of work it is.
    public var category: OpCategory
    /// The kernel.
    public var kernel: String
    /// The type of its first result.
    public var type: String
    /// The layer that holds all that the step computes.
    public var layer: String
    /// The lines that were fused into it, the first the one that it is named after.
    public var lines: [Line]
    /// Where the layer of the first line is called; nil for a line of the model itself.
    public var caller: Line?
    /// How often it ran.
    public var calls: Int
    /// Its share of ``Profile/wall``: the mean over the same runs. The rows' times add up.
    public var time: Double
    /// The median of its times.
    public var median: Double
    /// In nine runs of ten it was as fast.
    public var p90: Double
    /// In 99 runs of 100 it was as fast.
    public var p99: Double
    /// The median distance of its times from ``median``.
    public var deviation: Double
    /// How far ``median`` may be off by chance, 99 times of 100; nil for one run.
    public var noise: Double?
    /// The sum of its times over all runs.
    public var total: Double
    /// ``time`` over the sum of all rows, in percent.
    public var percent: Double
    /// Floating-point operations of one call.
    public var flops: Int
    /// Bytes read and written by one call.
    public var bytes: Int
    /// How many of these are weights.
    public var weightBytes: Int
    /// The numbers that it computes with.
    public var arithmetic: Arithmetic
    /// FLOPs by ``time``, in 10⁹ a second.
    public var gigaflopsPerSecond: Double
    /// Bytes by ``time``, in 10⁹ a second.
    public var gigabytesPerSecond: Double
    /// The time that a worker spent outside the kernel while the step went on, the mean over workers.
    public var wait: Double
    /// The time after it in which no step went on: the workers met.
    public var barrier: Double
    /// What keeps it from being faster; nil where no ceiling was measured.
    public var bound: Bound?
    /// The time that it would take at the machine's ceiling.
    public var ceiling: Double?
    /// What could be got back: ``time`` less ``ceiling``, at least 0.
    public var recoverable: Double?
  }
}

extension Profile.Line {
  init(_ location: SourceLocation, _ source: SourceLookup?) {
    self.init(
      file: location.file, line: location.line, column: location.column,
      source: source?(location.file, location.line))
  }
}
