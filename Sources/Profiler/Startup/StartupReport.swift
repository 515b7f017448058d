/// Where the time of a start goes, from the start of the process to the first answer.
///
/// As JSON it has exactly the properties below; times are milliseconds.
public struct StartupReport: Codable, Hashable, Sendable, JSONReport {
  /// One phase.
  public struct Phase: Codable, Hashable, Sendable {
    /// Which.
    public var phase: StartupPhase
    /// How long it took.
    public var milliseconds: Double
    /// Bytes that it read or wrote, where that says something.
    public var byteCount: Int?
  }

  /// The phases that there were, in order.
  public var phases: [Phase]
  /// From the start of the process to the first answer.
  public var total: Double
  /// What the phases leave of the total.
  public var other: Double
  /// The median time of a later run; nil where none was timed.
  public var laterRun: Double?
  /// The median time of a plan for other dimensions; nil where there was none.
  public var laterPlan: Double?

  /// A report from its parts.
  public init(
    phases: [Phase], total: Double, laterRuns: [Double] = [], laterPlans: [Double] = []
  ) {
    self.phases = phases
    self.total = total
    laterRun = laterRuns.isEmpty ? nil : Figures.median(laterRuns)
    laterPlan = laterPlans.isEmpty ? nil : Figures.median(laterPlans)
    other = total - phases.filter { !$0.phase.isBeside }.reduce(0) { $0 + $1.milliseconds }
  }

  /// The phases until the model is there, before anything is compiled.
  public var untilModel: Double {
    let before: Set<StartupPhase> = [
      .loadProgram, .parseArguments, .readGraph, .elaborate, .openCheckpoint,
    ]
    return phases.filter { before.contains($0.phase) }.reduce(0) { $0 + $1.milliseconds }
  }

  /// The report for people.
  public var text: String {
    var table = TextTable(columns: [
      .init("phase"), .init("ms", .right), .init("%", .right), .init("size", .right),
    ])
    func add(_ title: String, _ milliseconds: Double, _ byteCount: Int? = nil) {
      let percent = total > 0 ? 100 * milliseconds / total : 0
      table.add([
        title, Figures.milliseconds(milliseconds), Figures.fixed(percent, 1),
        byteCount.map(Figures.bytes) ?? "",
      ])
    }
    for phase in phases where !phase.phase.isBeside {
      add(phase.phase.title, phase.milliseconds, phase.byteCount)
    }
    add("all else", other)
    table.addRule()
    add("from the process's start to the first answer", total)
    return ([table.text, ""] + meanwhile + later).joined(separator: "\n")
  }

  private var meanwhile: [String] {
    phases.filter(\.phase.isBeside).map { phase in
      "meanwhile: \(phase.phase.title), \(Figures.milliseconds(phase.milliseconds)) ms"
        + (phase.byteCount.map { " for \(Figures.bytes($0))" } ?? "")
    }
  }

  private var later: [String] {
    [
      laterRun.map { "later: a run takes \(Figures.milliseconds($0)) ms" },
      laterPlan.map { "later: a plan for other dimensions takes \(Figures.milliseconds($0)) ms" },
    ].compactMap { $0 }
  }
}
