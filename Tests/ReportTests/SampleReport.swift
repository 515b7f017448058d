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
      date: "2026-03-01 14:05 UTC", profile: try profile(name), runs: [0.9, 1.0, 0.95],
      timeline: timeline,
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
      {"format": "weft-profile", "version": 1, "model": \(name), "entry": "main",
       "bindings": {"tokens": 128, "batch": 1},
       "ceilings": {
         "processor": \(name), "instructionSet": "avx2", "threads": 2, "gigaflopsPerSecond": 100,
         "weights": {"byteCount": 1000000, "gigabytesPerSecond": 20},
         "values": {"byteCount": 1000, "gigabytesPerSecond": 90}},
       "runs": 3, "threads": 2, "wall": 0.95, "median": 0.95, "p90": 1, "p99": 1,
       "deviation": 0.01, "fastest": 0.9, "slowest": 1.0, "sum": 0.5, "explainedPercent": 98,
       "parts": {
         "prepare": 0.1, "wake": 0.1, "steps": 0.5, "barriers": 0.1, "finish": 0.1, "rest": 0.05},
       "steps": [
         {"step": 0, "node": 0, "op": \(name), "category": "matrixProduct", "kernel": "f32-gemm",
          "type": "f32[2]", "layer": "encoder.layer.0", "calls": 3, "time": 0.5, "median": 0.5,
          "p90": 0.5, "p99": 0.5, "deviation": 0, "total": 1.5, "percent": 100, "flops": 1000,
          "bytes": 64, "weightBytes": 32, "arithmetic": "f32", "gigaflopsPerSecond": 2,
          "gigabytesPerSecond": 0.1, "wait": 0.01, "barrier": 0.02, "bound": "compute",
          "ceiling": 0.4, "recoverable": 0.1,
          "lines": [{"file": \(name), "line": 3, "column": 7, "source": \(name)}]}]}
      """
    return try JSONDecoder().decode(Profile.self, from: Data(text.utf8))
  }

  private static func compilation() throws -> CompilerReport {
    var builder = GraphBuilder(name: "main")
    builder.output("y", builder.input("x", TensorType(.f32, [2])))
    return CompilerReport(try PassManager([]).compile(builder.graph()))
  }
}
