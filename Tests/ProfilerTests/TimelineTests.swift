import Foundation
import Testing

@testable import Compiler
@testable import Executor
@testable import Profiler

/// The file against what the Trace Event Format asks for.
@Suite struct TimelineTests {
  private struct File: Decodable {
    var displayTimeUnit: String
    var traceEvents: [Event]
  }

  private struct Event: Decodable {
    struct Arguments: Decodable {
      var name: String?
      var place: Int?
      var bytes: Int?
      var step: Int?
      var line: String?
      var source: String?
      var tiles: Int?
      var speed: Double?

      enum CodingKeys: String, CodingKey {
        case name, bytes, step, line, source, tiles
        case place = "sort_index"
        case speed = "GFLOP/s"
      }
    }
    var ph: String
    var name: String
    var pid: Int
    var tid: Int
    var ts: Double
    var dur: Double?
    var cat: String?
    var args: Arguments

    var end: Double { ts + (dur ?? 0) }
  }

  private let runs = [
    Synthetic.run(
      [1_000_000, 4_000_000, 4_000_000, 1_000_123], ready: 3_000, wake: 2_000, gap: 500,
      finish: 1_500),
    Synthetic.run([1_000_000, 5_000_000, 4_000_000, 1_000_000], gap: 500),
  ]

  private func file(_ runs: [Trace.Run]) throws -> File {
    var samples = RunSamples()
    for run in runs { samples.add(run) }
    var profile = Synthetic.profile(runs, ceilings: Synthetic.ceilings)
    profile.model = "A \"model\""
    let timeline = Timeline(
      profile, (1...4).map { .init(liveByteCount: $0 * 100) }, samples.shown)
    return try JSONDecoder().decode(File.self, from: Data(timeline.json.utf8))
  }

  @Test func `slices of a track nest, and begin in order`() throws {
    let events = try file(runs).traceEvents.filter { $0.ph == "X" }
    #expect(Set(events.map(\.tid)) == [2, 3, 4])
    for tid in Set(events.map(\.tid)) {
      var open: [Event] = []
      var last = 0.0
      for event in events where event.tid == tid {
        #expect(event.ts >= last)
        #expect((event.dur ?? -1) >= 0)
        last = event.ts
        while let top = open.last, top.end <= event.ts + 1e-6 { open.removeLast() }
        if let top = open.last {
          #expect(event.end <= top.end + 1e-6, "\(event.name) in \(top.name)")
        }
        open.append(event)
      }
    }
  }

  @Test func `layers hold their steps`() throws {
    let events = try file([runs[0]]).traceEvents.filter { $0.ph == "X" && $0.tid == 2 }
    #expect(
      events.map(\.name) == [
        "run 1 (only run)", "prepare", "wake workers", "embeddings", "embedding", "encoder",
        "layer 0", "dense", "linear", "layer 1", "dense", "linear", "add", "finish",
      ])
    let add = events[12]
    let around = events.filter { $0.ts <= add.ts && $0.end >= add.end - 1e-6 && $0.name != "add" }
    #expect(around.map(\.name) == ["run 1 (only run)", "encoder", "layer 1"])
    #expect(abs((events[5].dur ?? 0) - 9_001.123) < 1e-6)
    // Microseconds, exactly.
    #expect(events[0].dur == 10_008.123)
    #expect(events[1].dur == 3)
    #expect(events[2].ts == 3)
    #expect(events[2].dur == 2)
    #expect(events[4].ts == 5)
    #expect(events[4].dur == 1_000)
    #expect(events[8].args.line == "m.weft:9")
    #expect(events[8].args.source == "m.weft 9")
    #expect(events[8].args.speed == 100)
    #expect(events[8].cat == "matrixProduct")
  }

  @Test func `each worker has a track with what it computed`() throws {
    let file = try file([runs[0]])
    let worker = file.traceEvents.filter { $0.ph == "X" && $0.tid == 4 }
    #expect(worker.map(\.name) == ["linear encoder.layer.0.dense", "add encoder.layer.1"])
    #expect(worker.map(\.args.tiles) == [3, 3])
    let names = file.traceEvents.filter { $0.name == "thread_name" }
    #expect(names.map(\.args.name) == ["layers", "worker 0 (the caller)", "worker 1"])
    #expect(names.map(\.tid) == [2, 3, 4])
    let places = file.traceEvents.filter { $0.name == "thread_sort_index" }
    #expect(places.map(\.args.place) == [0, 1, 2])
    #expect(file.traceEvents.first { $0.name == "process_name" }?.args.name == "A \"model\"")
    #expect(file.displayTimeUnit == "ns")
  }

  @Test func `a counter follows the bytes of the arena`() throws {
    let counts = try file([runs[0]]).traceEvents.filter { $0.name == "arena" }
    #expect(counts.allSatisfy { $0.ph == "C" })
    #expect(counts.map(\.args.bytes) == [100, 200, 300, 400, 0])
    #expect(zip(counts, counts.dropFirst()).allSatisfy { $0.ts < $1.ts })
  }

  @Test func `runs stand one behind the other`() throws {
    let starts = try file(runs).traceEvents.filter { $0.name.hasPrefix("run ") }
    #expect(starts.map(\.name) == ["run 1 (fastest)", "run 2 (slowest)"])
    #expect(starts[1].ts > starts[0].end)
  }

  @Test func `three runs are shown of however many`() throws {
    let many = (0..<200).map { Synthetic.run([1_000 + $0, 1, 1, 1]) }
    let file = try file(many)
    #expect(file.traceEvents.filter { $0.name.hasPrefix("run ") }.count == 3)
  }

  @Test func `steps side by side are whole on their workers' tracks`() throws {
    func timing(_ i: Int, _ start: Int, _ end: Int, _ worker: Int) -> StepTiming {
      StepTiming(
        step: i, label: i, start: start, end: end,
        shares: [.init(worker: worker, start: start, end: end, busy: end - start, tiles: 1)],
        wait: 0)
    }
    let run = Trace.Run(
      start: 0, end: 9_000, workers: 2,
      steps: [
        timing(0, 0, 1_000, 0), timing(1, 1_000, 5_000, 0), timing(2, 2_000, 6_000, 1),
        timing(3, 6_000, 8_000, 0),
      ])
    let events = try file([run]).traceEvents.filter { $0.ph == "X" }
    let worker = events.filter { $0.tid == 3 }
    #expect(worker.map(\.dur) == [1, 4, 2])
    let steps = events.filter { $0.tid == 2 && $0.args.step != nil }
    #expect(steps.map(\.dur) == [1, 1, 4, 2])
  }

  @Test func `the same runs give the same bytes`() throws {
    var samples = RunSamples()
    for run in runs { samples.add(run) }
    let profile = Synthetic.profile(runs)
    let texts = (0..<2).map { _ in Timeline(profile, [], samples.shown).json }
    #expect(texts[0] == texts[1])
  }
}
