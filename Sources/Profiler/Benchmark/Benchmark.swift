import Compiler
import IR
import Tensors

/// How fast a plan runs, over several runs without a trace, against what the machine can do.
///
/// As JSON (see ``JSONReport/json()``) it has exactly the keys of ``CodingKeys``.
public struct Benchmark: Codable, Hashable, Sendable, JSONReport {
  /// The keys of the JSON. They stay: scripts read them.
  public enum CodingKeys: String, CodingKey, CaseIterable {
    case bindings
    case runs
    case threads
    case median = "median_ms"
    case p10 = "p10_ms"
    case p90 = "p90_ms"
    case fastest = "min_ms"
    case flops
    case bytes
    case gigaflopsPerSecond = "gflops_per_second"
    case gigabytesPerSecond = "gbytes_per_second"
    case peakGigaflopsPerSecond = "peak_gflops_per_second"
    case peakShare = "peak_share"
    case peakGigabytesPerSecond = "peak_gbytes_per_second"
    case peakResidentByteCount = "peak_resident_bytes"
  }

  /// The values of the symbols, by name.
  public var bindings: [String: Int]
  /// How many runs were timed.
  public var runs: Int
  /// The threads that could take part.
  public var threads: Int
  /// The median time of a run, in milliseconds.
  public var median: Double
  /// One run in ten was faster, in milliseconds.
  public var p10: Double
  /// One run in ten was slower, in milliseconds.
  public var p90: Double
  /// The fastest run, in milliseconds.
  public var fastest: Double
  /// Floating-point operations of a run, as the ops count them.
  public var flops: Int
  /// Bytes of weights and values that the steps of a run read and write.
  public var bytes: Int
  /// FLOPs by the median time, in 10⁹ a second.
  public var gigaflopsPerSecond: Double
  /// Bytes by the median time, in 10⁹ a second; those in a cache count like those in memory.
  public var gigabytesPerSecond: Double
  /// What f32 multiply-adds in registers reach with as many threads, in 10⁹ FLOP/s.
  public var peakGigaflopsPerSecond: Double
  /// The speed as a share of that peak. Integer kernels may pass 1.
  public var peakShare: Double
  /// The speed of reading a block of the size of the plan's weights and values over and over, in 10⁹ bytes
  /// a second; nil where there is no memory for it.
  public var peakGigabytesPerSecond: Double?
  /// The most memory that the process has had resident; nil where the system doesn't tell.
  public var peakResidentByteCount: Int?

  /// A benchmark of `planned`, measuring the machine's peak right after its runs.
  ///
  /// - Parameters:
  ///   - nanoseconds: the times of the runs.
  ///   - threads: that could take part.
  ///   - table: the kernels that the plan runs.
  public init(of planned: PlannedGraph, nanoseconds: [Int], threads: Int, table: KernelTable) {
    // Three measurements of this length: long enough for the clock to settle, short beside the runs.
    let probe = PeakProbe(table: table, seconds: 0.05)
    self.init(
      costs: planned.steps.map(\.cost), bindings: planned.bindings, nanoseconds: nanoseconds,
      threads: threads, peak: probe.fma(threads: threads),
      peakResidentByteCount: PeakResident.byteCount)
    peakGigabytesPerSecond = try? PeakProbe(table: table, seconds: 0.01, repetitions: 12)
      .bandwidth(
        byteCount: Self.sum(planned.weightByteCount, planned.plan.arenaByteCount), threads: threads
      ).gigabytesPerSecond
  }

  init(
    costs: [Cost], bindings: Bindings, nanoseconds: [Int], threads: Int, peak: Double,
    peakResidentByteCount: Int?
  ) {
    let times = nanoseconds.map { Double($0) / 1e6 }
    self.bindings = [:]
    for symbol in bindings.symbols { self.bindings[symbol] = bindings[symbol] }
    runs = times.count
    self.threads = threads
    median = Figures.median(times)
    p10 = Figures.quantile(0.1, of: times)
    p90 = Figures.quantile(0.9, of: times)
    fastest = times.min() ?? 0
    flops = costs.reduce(0) { Self.sum($0, $1.flops) }
    bytes = costs.reduce(0) { Self.sum(Self.sum($0, $1.bytesRead), $1.bytesWritten) }
    gigaflopsPerSecond = median > 0 ? Double(flops) / median / 1e6 : 0
    gigabytesPerSecond = median > 0 ? Double(bytes) / median / 1e6 : 0
    peakGigaflopsPerSecond = peak
    peakShare = peak > 0 ? gigaflopsPerSecond / peak : 0
    self.peakResidentByteCount = peakResidentByteCount
  }

  private static func sum(_ a: Int, _ b: Int) -> Int {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : sum
  }
}
