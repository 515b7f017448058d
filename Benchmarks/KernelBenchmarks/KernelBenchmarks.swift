import ArgumentParser
import CKernels
import Foundation

/// Kernels that are measured together.
protocol Suite {
  /// What `--only` calls it.
  static var name: String { get }
  /// Measures all sizes, each reported as soon as it is known.
  static func measure(_ bench: Bench, report: (KernelReport.Measurement) -> Void)
}

/// Measures kernels alone, as shares of what the machine reaches in the same process.
@main
struct KernelBenchmarks: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "KernelBenchmarks",
    abstract: "Measure kernels alone, as shares of the machine's peak, and print JSON.",
    discussion: """
      Example:
        Benchmarks/kernels
        .build/release/KernelBenchmarks --only gemm --threads 1
      """)

  private static var suites: [any Suite.Type] {
    [Gemm.self, Int8Gemm.self, BlockGemm.self, Attention.self, Rows.self]
  }

  @Option(help: "Only these: \(suites.map { $0.name }.joined(separator: ", ")).")
  var only: [String] = []

  @Option(help: "Numbers of threads.")
  var threads: [Int] = [1, 2]

  @Option(help: "How long each size is repeated.")
  var seconds = 0.03

  func validate() throws {
    let known = Self.suites.map { $0.name }
    if let wrong = only.first(where: { !known.contains($0) }) {
      throw ValidationError("--only takes \(known.joined(separator: ", ")), found '\(wrong)'")
    }
    if !threads.allSatisfy((1...1024).contains) || !(0...60).contains(seconds) {
      throw ValidationError("--threads takes numbers from 1 to 1024, --seconds at most 60")
    }
  }

  func run() throws {
    let table = weft_kernels_best().pointee
    var report = KernelReport(isa: String(cString: table.name), peaks: [], measurements: [])
    for threads in threads {
      let team = Team(count: threads)
      defer { team.dismiss() }
      let bench = Bench(table: table, team: team, stopwatch: Stopwatch(seconds: seconds))
      report.peaks.append(.init(threads: threads, gigaflopsPerSecond: bench.peak * 1e-9))
      for suite in Self.suites where only.isEmpty || only.contains(suite.name) {
        suite.measure(bench) { report.measurements.append($0) }
      }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    print(String(decoding: try encoder.encode(report), as: UTF8.self))
  }
}
