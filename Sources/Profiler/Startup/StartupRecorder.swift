import Executor
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

/// Writes down how long each phase of a start takes: handed from one to the next, made first thing
/// in `main`.
public final class StartupRecorder: Sendable {
  private struct Records {
    /// A phase stands here once. An array: a dictionary of a new type takes longer to come to life
    /// than a dozen comparisons.
    var phases: [StartupReport.Phase] = []
    var end: Int?
    var runs: [Double] = []
    var bindings: [Double] = []
  }

  /// When the process started, in nanoseconds of ``Clock``.
  private let start: Int
  private let records: Mutex<Records>

  /// A recorder of a start that happens now.
  ///
  /// - Parameter loading: nanoseconds that loading the program took. By default what the process
  ///   has computed so far: before `main` there is one thread, which waits for nothing where the
  ///   files are in the page cache.
  public init(loading: Int = StartupRecorder.computedNanoseconds()) {
    start = Clock.nanoseconds() - loading
    records = Mutex(Records())
    record(.loadProgram, nanoseconds: loading)
  }

  /// Nanoseconds that this process's threads have computed.
  public static func computedNanoseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
  }

  /// Does `work` as `phase`.
  public func measure<Value, Failure: Error>(
    _ phase: StartupPhase, byteCount: Int? = nil, _ work: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    let start = Clock.nanoseconds()
    let value = try work()
    record(phase, nanoseconds: Clock.nanoseconds() - start, byteCount: byteCount)
    return value
  }

  /// Writes down how long `phase` took, and what it read or wrote; the first time counts.
  public func record(_ phase: StartupPhase, nanoseconds: Int, byteCount: Int? = nil) {
    records.withLock { records in
      guard !records.phases.contains(where: { $0.phase == phase }) else { return }
      records.phases.append(
        .init(phase: phase, milliseconds: Double(nanoseconds) / 1e6, byteCount: byteCount))
    }
  }

  /// The same, with a duration.
  public func record(_ phase: StartupPhase, _ duration: Duration, byteCount: Int? = nil) {
    record(phase, nanoseconds: Int(duration.milliseconds * 1e6), byteCount: byteCount)
  }

  /// Says that the start is over: there is an answer.
  public func finish() { records.withLock { $0.end = $0.end ?? Clock.nanoseconds() } }

  /// Does `work`, a run after the start.
  public func measureLaterRun(_ work: () throws -> Void) rethrows {
    let start = Clock.nanoseconds()
    try work()
    records.withLock { $0.runs.append(Double(Clock.nanoseconds() - start) / 1e6) }
  }

  /// Writes down how long a plan for other dimensions took, after the start.
  public func recordLaterPlan(_ duration: Duration) {
    records.withLock { $0.bindings.append(duration.milliseconds) }
  }

  /// What was written down.
  public var report: StartupReport {
    records.withLock { records in
      StartupReport(
        phases: StartupPhase.allCases.compactMap { phase in
          records.phases.first { $0.phase == phase }
        },
        total: Double((records.end ?? Clock.nanoseconds()) - start) / 1e6,
        laterRuns: records.runs, laterPlans: records.bindings)
    }
  }
}

extension Duration {
  fileprivate var milliseconds: Double {
    Double(components.seconds) * 1e3 + Double(components.attoseconds) * 1e-15
  }
}
