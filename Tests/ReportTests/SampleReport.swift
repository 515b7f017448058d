import Compiler
import Executor
import Foundation
import IR
import Tensors

@testable import Profiler
@testable import Report

/// A small report whose names may try to break out of the page.
enum SampleReport {
  static let hostile = #"</script><script>alert(1)</script><!-- ]]> & "'"# + "\u{2028}\u{2029}\\"

  static func data(name: String = "Sample") throws -> ReportData {
    ReportData(
      model: name, entry: "main", bindings: ["tokens": 128, "batch": 1],
      date: "2026-03-01 14:05 UTC",
      machine: .init(
        processor: name, instructionSet: "avx2", threads: 2, gigaflopsPerSecond: 100,
        bandwidths: [.init(name: "memory", gigabytesPerSecond: 20)]),
      runs: [0.9, 1.0, 0.95], profile: try profile(name), timeline: timeline,
      startup: StartupReport(
        phases: [.init(phase: .loadProgram, milliseconds: 3, byteCount: nil)], total: 4),
      compilation: try compilation(), diagram: "<svg><title>\(name)</title></svg>")
  }

  private static var timeline: ReportData.Timeline {
    .init(
      workers: 2, duration: 900_000,
      bars: [
        .init(step: 0, worker: 0, start: 100, end: 500_100, busy: 490_000, tiles: 3),
        .init(step: 0, worker: 1, start: 200, end: 400_000, busy: 390_000, tiles: 2),
      ])
  }

  private static func profile(_ name: String) throws -> Profile {
    // A profile comes from a plan's runs; here it comes from its JSON.
    let name = String(decoding: try JSONEncoder().encode(name), as: UTF8.self)
    let text = """
      {"runs": 3, "threads": 2, "wall": 0.95, "fastest": 0.9, "slowest": 1.0, "sum": 0.5,
       "steps": [
         {"step": 0, "op": \(name), "category": "matrixProduct", "kernel": "f32-gemm",
          "layer": "encoder.layer.0", "calls": 3, "median": 0.5, "total": 1.5, "percent": 100,
          "flops": 1000, "bytes": 64, "gigaflopsPerSecond": 2, "gigabytesPerSecond": 0.1,
          "lines": [{"file": \(name), "line": 3, "column": 7}], "wait": 0.01}]}
      """
    return try JSONDecoder().decode(Profile.self, from: Data(text.utf8))
  }

  private static func compilation() throws -> CompilerReport {
    var builder = GraphBuilder(name: "main")
    builder.output("y", builder.input("x", TensorType(.f32, [2])))
    return CompilerReport(try PassManager([]).compile(builder.graph()))
  }
}
