import Compiler
import IR

/// How a plan uses memory; sizes in bytes.
public struct MemoryReport: Codable, Hashable, Sendable, JSONReport {
  /// A value alive at the peak.
  public struct Value: Codable, Hashable, Sendable {
    /// Its name, or the op that gives it.
    public var name: String
    /// Its type.
    public var type: String
    /// The layer that it comes from.
    public var layer: String
    /// The size.
    public var byteCount: Int

    /// A value from its parts.
    public init(name: String, type: String, layer: String, byteCount: Int) {
      self.name = name
      self.type = type
      self.layer = layer
      self.byteCount = byteCount
    }
  }

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
  public var aliveAtPeak: [Value]
  /// Weights and constants that kernels read as they are.
  public var constants: Int
  /// Weights in layouts of their own, shared by all plans of a model.
  public var packedWeights: Int
  /// Values that are a part of another value's memory.
  public var views = 0
  /// Results that are written over an operand.
  public var inPlace = 0

  /// A report on the memory of `planned`, whose kernels read `packed`.
  public init(of planned: PlannedGraph, packed: PackedWeights) {
    let plan = planned.memory
    self.init(
      plan,
      peakOp: planned.steps.indices.contains(plan.peakStep)
        ? planned.steps[plan.peakStep].op : "",
      constants: planned.plan.constants.reduce(0) { $0 + $1.byteCount },
      packedWeights: packed.byteCount
    ) { i in
      let buffer = planned.buffers[i]
      return Value(
        name: buffer.name, type: buffer.type.description, layer: buffer.origin.path.description,
        byteCount: plan.intervals[i].byteCount)
    }
    views = planned.viewCount
    inPlace = planned.inPlaceCount
  }

  init(
    _ plan: MemoryPlan, peakOp: String, constants: Int, packedWeights: Int,
    describing describe: (Int) -> Value
  ) {
    arena = plan.arenaByteCount
    lowerBound = plan.lowerBound
    ratio = plan.ratio
    buffers = plan.intervals.count
    peakStep = plan.peakStep
    self.peakOp = peakOp
    aliveAtPeak = plan.aliveAtPeak.map(describe)
    self.constants = constants
    self.packedWeights = packedWeights
  }

  /// The report for people.
  public var text: String {
    var lines = [
      "arena \(Figures.bytes(arena)) for \(buffers) buffers, lower bound"
        + " \(Figures.bytes(lowerBound)), ratio \(Figures.fixed(ratio, 3))",
      "\(views) views, \(inPlace) results in place; weights: \(Figures.bytes(packedWeights)) packed,"
        + " \(Figures.bytes(constants)) as they are",
    ]
    guard !aliveAtPeak.isEmpty else { return lines.joined(separator: "\n") }
    lines.append("peak at step \(peakStep) (\(peakOp)), alive:")
    var table = TextTable(
      columns: [
        .init("size", .right), .init("value"), .init("type", shrinks: true),
        .init("layer", shrinks: true),
      ], width: 100)
    for value in aliveAtPeak {
      table.add([Figures.bytes(value.byteCount), value.name, value.type, value.layer])
    }
    return (lines + [table.text]).joined(separator: "\n")
  }
}
