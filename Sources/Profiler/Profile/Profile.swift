import Compiler
import Executor
import IR

/// Where the time of a plan goes, over several runs.
///
/// As JSON (see ``JSONReport/json()``) it has exactly the properties below, those that are nil left
/// out; times are milliseconds. Docs/Profiling.md explains each.
public struct Profile: Codable, Hashable, Sendable, JSONReport {
  /// What ``format`` says.
  public static let format = "weft-profile"
  /// What ``version`` says: it grows when a property changes its meaning or goes.
  public static let version = 1

  /// What the JSON is.
  public var format = Profile.format
  /// The version of the properties.
  public var version = Profile.version
  /// The model.
  public var model = ""
  /// The entry of the model.
  public var entry = ""
  /// The values of the symbols, by name.
  public var bindings: [String: Int] = [:]
  /// What the machine reaches at most; nil where it wasn't measured.
  public var ceilings: Ceilings?
  /// How many runs were timed.
  public var runs: Int
  /// The threads that could take part.
  public var threads: Int
  /// The time of a run, from the call to the return: the mean of the middle half of the runs.
  public var wall: Double
  /// The median time of a run.
  public var median: Double
  /// Nine runs in ten were as fast.
  public var p90: Double
  /// 99 runs in 100 were as fast.
  public var p99: Double
  /// The median distance of a run from ``median``.
  public var deviation: Double
  /// How far ``median`` may be off by chance, 99 times of 100; nil for one run.
  public var noise: Double?
  /// The fastest run.
  public var fastest: Double
  /// The slowest run.
  public var slowest: Double
  /// The median time of a run without a trace, taken in turn with the others; nil where none was.
  public var untraced: Double?
  /// How much longer a run takes with a trace, in percent: the median over pairs.
  public var tracingPercent: Double?
  /// The sum of the steps' ``Row/time``.
  public var sum: Double
  /// What ``wall`` is made of.
  public var parts: Parts
  /// How much of ``wall`` the parts explain, in percent.
  public var explainedPercent: Double
  /// What came before the runs that were timed; nil where it isn't known.
  public var phases: Phases?
  /// The most memory that the process has had resident, in bytes; nil where it isn't known.
  public var peakResidentByteCount: Int?
  /// The steps, in the order of the plan.
  public var steps: [Row]

  /// What the time of a run is made of: the parts and `rest` add up to ``Profile/wall``.
  public struct Parts: Codable, Hashable, Sendable {
    /// Checking inputs (and copying those that aren't aligned), taking memory, calling the workers.
    public var prepare: Double = 0
    /// Until the first tile is begun.
    public var wake: Double = 0
    /// The steps, copies to outputs among them.
    public var steps: Double = 0
    /// Between steps, when nobody computes: workers meet.
    public var barriers: Double = 0
    /// From the last tile to the end of the run.
    public var finish: Double = 0
    /// What no trace saw: calling, returning, giving memory back.
    public var rest: Double = 0
  }

  /// What comes before a run takes its usual time.
  public struct Phases: Codable, Hashable, Sendable {
    /// From the start of the process until the model is there; nil where it isn't known.
    public var startup: Double?
    /// The passes over the graph.
    public var passes: Double
    /// Making the plan: kernels, memory.
    public var plan: Double
    /// Packing weights.
    public var packing: Double
    /// The first run.
    public var firstRun: Double

    /// Phases from their times.
    public init(
      startup: Double?, passes: Double, plan: Double, packing: Double, firstRun: Double
    ) {
      self.startup = startup
      self.passes = passes
      self.plan = plan
      self.packing = packing
      self.firstRun = firstRun
    }
  }

  /// What keeps a step from being faster.
  public enum Bound: String, Codable, Hashable, Sendable {
    /// Its arithmetic takes longer than its traffic.
    case compute
    /// Its traffic takes longer than its arithmetic.
    case memory
    /// It takes less than two microseconds, and could take less than half of that: calling and
    /// meeting are what it costs.
    case overhead
  }
}
