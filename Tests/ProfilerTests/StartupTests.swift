import Foundation
import Testing

@testable import Profiler

@Suite struct `Startup` {
  @Test func `phases, in their order, and the rest sum to the total`() throws {
    let recorder = StartupRecorder(loading: 2_000_000)
    recorder.record(.packWeights, nanoseconds: 5_000_000, byteCount: 3 << 20)
    #expect(recorder.measure(.readGraph) { 7 } == 7)
    recorder.record(.readTokenizer, nanoseconds: 4_000_000)
    recorder.record(.plan, .microseconds(500))
    // What comes again is no part of the start.
    recorder.record(.plan, .seconds(9))
    recorder.finish()
    let total = recorder.report.total
    recorder.measureLaterRun {}
    recorder.recordLaterPlan(.milliseconds(3))
    recorder.recordLaterPlan(.milliseconds(1))
    recorder.finish()

    let report = recorder.report
    #expect(report.total == total)
    #expect(
      report.phases.map(\.phase)
        == [.loadProgram, .readGraph, .readTokenizer, .plan, .packWeights])
    #expect(report.phases[3].milliseconds == 0.5)
    #expect(report.phases[4].byteCount == 3 << 20)
    let serial = report.phases.filter { $0.phase != .readTokenizer }
    let sum = serial.reduce(report.other) { $0 + $1.milliseconds }
    #expect(abs(sum - report.total) < 1e-9)
    #expect(report.laterPlan == 2)
    #expect(try #require(report.laterRun) >= 0)
  }

  @Test func `the start counts what came before main`() {
    let recorder = StartupRecorder(loading: 50_000_000)
    recorder.finish()
    #expect(recorder.report.total >= 50)
    #expect(recorder.report.other >= 0)
    #expect(StartupRecorder.computedNanoseconds() > 0)
  }

  @Test func `a report reads well and as JSON`() throws {
    let report = StartupReport(
      phases: [
        .init(phase: .loadProgram, milliseconds: 6),
        .init(phase: .readTokenizer, milliseconds: 4, byteCount: 2048),
        .init(phase: .packWeights, milliseconds: 3, byteCount: 42 << 20),
      ], total: 12, laterRuns: [1.5, 2.5])
    #expect(report.other == 3)
    #expect(
      report.text == """
        phase                                             ms      %      size
        load the program and its libraries             6.000   50.0
        pack the weights                               3.000   25.0  42.0 MiB
        all else                                       3.000   25.0
        ─────────────────────────────────────────────────────────────────────
        from the process's start to the first answer  12.000  100.0

        meanwhile: read the tokenizer, 4.000 ms for 2.00 KiB
        later: a run takes 2.000 ms
        """)
    let again = try JSONDecoder().decode(StartupReport.self, from: Data(report.json().utf8))
    #expect(again == report)
  }
}
