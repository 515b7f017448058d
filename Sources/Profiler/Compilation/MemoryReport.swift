import Compiler

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
  /// Weights and constants as the checkpoint holds them.
  public var weights: Int
  /// Weights in the layouts that kernels read.
  public var packedWeights: Int

  /// A report on `plan`; `name` describes a buffer by its position in it.
  public init(
    _ plan: MemoryPlan, peakOp: String, weights: Int, packedWeights: Int,
    describing describe: (Int) -> Value
  ) {
    arena = plan.arenaByteCount
    lowerBound = plan.lowerBound
    ratio = plan.ratio
    buffers = plan.intervals.count
    peakStep = plan.peakStep
    self.peakOp = peakOp
    aliveAtPeak = plan.aliveAtPeak.map(describe)
    self.weights = weights
    self.packedWeights = packedWeights
  }

  /// The report for people.
  public var text: String {
    var lines = [
      "arena \(Figures.bytes(arena)) for \(buffers) buffers, lower bound"
        + " \(Figures.bytes(lowerBound)), ratio \(Figures.fixed(ratio, 3))",
      "weights \(Figures.bytes(weights)), packed \(Figures.bytes(packedWeights))",
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
