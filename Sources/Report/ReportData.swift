import Profiler

/// All that a report shows, as values: the page holds them as JSON, with the properties below.
///
/// Times are milliseconds where nothing else is said.
public struct ReportData: Codable, Hashable, Sendable, JSONReport {
  /// What ``version`` says: it grows when a property changes its meaning or goes.
  public static let currentVersion = 1

  /// The version of the properties.
  public var version = ReportData.currentVersion
  /// When the runs were timed, `2026-03-01 14:05 UTC`; nil for a page that tells no time.
  public var date: String?
  /// Where the time goes, step by step, and what the machine reaches at most.
  public var profile: Profile
  /// The times of the runs, in the order in which they ran.
  public var runs: [Double]
  /// One run, by worker; nil where none was traced.
  public var timeline: Timeline?
  /// From the start of the process to the first answer; nil where nobody wrote it down.
  public var startup: StartupReport?
  /// The passes, what they said, and the memory.
  public var compilation: CompilerReport
  /// The planned graph as SVG; nil where it can't be drawn.
  public var diagram: String?
  /// Why there is no diagram.
  public var diagramProblem: String?

  /// A report from its parts.
  public init(
    date: String? = nil, profile: Profile, runs: [Double], timeline: Timeline?,
    startup: StartupReport? = nil, compilation: CompilerReport, diagram: String? = nil,
    diagramProblem: String? = nil
  ) {
    self.date = date
    self.profile = profile
    self.runs = runs
    self.timeline = timeline
    self.startup = startup
    self.compilation = compilation
    self.diagram = diagram
    self.diagramProblem = diagramProblem
  }
}
