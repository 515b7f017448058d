import Compiler
import IR

/// How a plan uses memory; sizes in bytes.
///
/// As JSON it has exactly the properties below.
public struct MemoryReport: Codable, Hashable, Sendable, JSONReport {
  /// A part of the arena that a value, and what is written over it, has from one step to another.
  public struct Buffer: Codable, Hashable, Sendable {
    /// The value's name, or the op that gives it.
    public var name: String
    /// Its type.
    public var type: String
    /// The kind of work that gives it.
    public var category: OpCategory
    /// The layer that it comes from.
    public var layer: String
    /// The line that it comes from, `file:line:column`; empty where there is none.
    public var line: String
    /// Where it begins in the arena.
    public var offset: Int
    /// The size, a multiple of 64.
    public var byteCount: Int
    /// The step that writes it first.
    public var first: Int
    /// The last step that reads or writes it.
    public var last: Int

    /// A buffer from its parts.
    public init(
      name: String, type: String, category: OpCategory = .other, layer: String, line: String = "",
      offset: Int, byteCount: Int, first: Int, last: Int
    ) {
      self.name = name
      self.type = type
      self.category = category
      self.layer = layer
      self.line = line
      self.offset = offset
      self.byteCount = byteCount
      self.first = first
      self.last = last
    }
  }

  /// A step of the plan, in the order in which they run.
  public struct Step: Codable, Hashable, Sendable {
    /// What it computes.
    public var op: String
    /// The layer that holds it.
    public var layer: String
    /// Bytes of the arena's buffers that are alive while it runs.
    public var alive: Int
  }

  /// A pass, and what a run took at least after it.
  public struct Pass: Codable, Hashable, Sendable {
    /// Its name; `input` is the graph before all.
    public var name: String
    /// Steps that a run takes.
    public var steps: Int
    /// Bytes of all results that steps write.
    public var results: Int
    /// The largest sum of bytes alive at once.
    public var lowerBound: Int

    /// A pass from its parts.
    public init(name: String, steps: Int, results: Int, lowerBound: Int) {
      self.name = name
      self.steps = steps
      self.results = results
      self.lowerBound = lowerBound
    }

    /// What `sketch` tells of the graph after the pass.
    public init(name: String, _ sketch: MemorySketch) {
      self.name = name
      steps = sketch.steps
      results = sketch.resultByteCount
      lowerBound = sketch.lowerBound
    }
  }

  /// The model and its entry; nil in the report of a compilation.
  public var model: String?
  /// The values of the symbols; nil in the report of a compilation.
  public var bindings: [String: Int]?
  /// The threads that would take part; nil in the report of a compilation.
  public var threads: Int?
  /// What a process that runs the plan has resident; nil in the report of a compilation.
  public var resident: ResidentMemory?
  /// The passes that changed what a run takes, in order, after the graph before all; nil in the
  /// report of a compilation.
  public var passes: [Pass]?
  /// Bytes of the weights in the form in which they are stored; nil in the report of a compilation.
  public var storedWeights: Int?
  /// The block that holds all intermediate values.
  public var arena: Int
  /// The largest sum alive at once: no arena can be smaller.
  public var lowerBound: Int
  /// The arena over the lower bound.
  public var ratio: Double
  /// How many buffers share the arena.
  public var buffers: Int
  /// The step in which most is alive.
  public var peakStep: Int
  /// What that step computes.
  public var peakOp: String
  /// What is alive then, largest first.
  public var aliveAtPeak: [Buffer]
  /// Weights and constants that kernels read as they are.
  public var constants: Int
  /// Weights in layouts of their own, shared by all plans of a model.
  public var packedWeights: Int
  /// Values that are a part of another value's memory.
  public var views = 0
  /// Bytes that those values would take.
  public var viewBytes = 0
  /// Results that are written over an operand.
  public var inPlace = 0
  /// Bytes that those results would take.
  public var inPlaceBytes = 0
  /// All buffers of the arena, in the order in which they are first written.
  public var map: [Buffer]
  /// The steps of the plan.
  public var steps: [Step]

  /// A report on the memory of `planned`, whose kernels read `packed`.
  public init(of planned: PlannedGraph, packed: PackedWeights) {
    self.init(
      planned.memory,
      steps: planned.steps.map { ($0.op, $0.origin.path.description) },
      constants: planned.plan.constants.reduce(0) { $0 + $1.byteCount },
      packedWeights: packed.byteCount
    ) { i in
      let (buffer, interval) = (planned.buffers[i], planned.memory.intervals[i])
      return Buffer(
        name: buffer.name, type: buffer.type.description, category: buffer.category,
        layer: buffer.origin.path.description, line: buffer.origin.location?.description ?? "",
        offset: planned.memory.offsets[i], byteCount: interval.byteCount, first: interval.first,
        last: interval.last)
    }
    views = planned.viewCount
    viewBytes = planned.viewByteCount
    inPlace = planned.inPlaceCount
    inPlaceBytes = planned.inPlaceByteCount
  }

  init(
    _ plan: MemoryPlan, steps: [(op: String, layer: String)], constants: Int, packedWeights: Int,
    describing describe: (Int) -> Buffer
  ) {
    arena = plan.arenaByteCount
    lowerBound = plan.lowerBound
    ratio = plan.ratio
    buffers = plan.intervals.count
    peakStep = plan.peakStep
    peakOp = steps.indices.contains(plan.peakStep) ? steps[plan.peakStep].op : ""
    aliveAtPeak = plan.aliveAtPeak.map(describe)
    self.constants = constants
    self.packedWeights = packedWeights
    map = plan.intervals.indices.map(describe).sorted {
      ($0.first, $0.offset) < ($1.first, $1.offset)
    }
    self.steps = zip(steps, plan.alive(in: steps.count)).map { step, alive in
      Step(op: step.op, layer: step.layer, alive: alive)
    }
  }
}
