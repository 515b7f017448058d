import Foundation
import Testing

@testable import Compiler
@testable import Executor
@testable import Profiler

@Suite struct ProfileTextTests {
  private func profile() -> Profile {
    Synthetic.profile(
      [Synthetic.run([1_000_000, 4_000_000, 4_000_000, 1_000_000], ready: 500_000)],
      ceilings: Synthetic.ceilings)
  }

  private func lines(_ view: ProfileView) throws -> [String] {
    try profile().text(view).split(separator: "\n").map(String.init)
  }

  @Test func `ops are listed slowest first, with all their steps`() throws {
    let rows = try lines(ProfileView(by: .op, width: nil)).map { line in
      line.split(separator: " ").joined(separator: " ")
    }
    #expect(
      rows[0] == """
        op kernel ms % calls MFLOP MB GFLOP/s GB/s ceiling % bound by back ms wait ms barrier ms \
        p50 ms p90 ms p99 ms
        """)
    #expect(
      rows[1] == """
        linear f32-gemm-avx512 8.000 80.0 ████████ 2 800 3.00 100 0.38 50 compute 4.000 0.020 0.000 \
        8.000 8.000 8.000
        """)
    #expect(
      rows[2] == """
        embedding f32-gather 1.000 10.0 █ 1 1.50 1.50 2 memory 0.985 0.010 0.000 1.000 1.000 1.000
        """)
    #expect(
      rows[5] == """
        all 10.000 100.0 ██████████ 4 800 6.00 80.0 0.60 40 compute 5.970 0.040 0.000 10.000 \
        10.000 10.000
        """)
  }

  @Test func `the summary names every part of a run`() throws {
    let text = try profile().text(ProfileView(by: .op))
    #expect(
      text.contains(
        """
        made of  4 steps 10.000 (95.2 %) in which a thread waits 0.040, barriers 0.000 (0.0 %),
                 preparing 0.500 (4.8 %), waking 0.000 (0.0 %), finishing 0.000 (0.0 %); \
        not explained 0.000 (0.0 %)
        """))
    #expect(
      text.contains(
        """
        ceiling  200 GFLOP/s; 10.0 GB/s for 4.00 MiB of weights and values, \
        100 GB/s for 1.00 MiB of values alone
        """))
    #expect(text.contains("back     5.970 ms"))
  }

  @Test func `what tracing costs is said where it can be told`() throws {
    var profile = profile()
    #expect(!profile.text(by: .op).contains("tracing costs"))
    profile.tracingPercent = 0.4
    #expect(profile.text(by: .op).contains("tracing costs 0.4 %"))
    profile.tracingPercent = -0.3
    #expect(profile.text(by: .op).contains("tracing costs nothing"))
  }

  @Test func `what a terminal has no room for is left out, the most telling last`() throws {
    for grouping in ProfileGrouping.allCases {
      for width in [80, 110, 160] {
        let text = try lines(ProfileView(by: grouping, width: width))
        let end = try #require(text.firstIndex { $0.hasPrefix("a run") })
        for line in text[..<end] { #expect(line.count <= width, "\(line)") }
        #expect(text[0].contains(" ms "))
        #expect(text[0].contains("%"))
      }
    }
    #expect(try lines(ProfileView(by: .layer, width: 80))[0].contains("ceiling %"))
    #expect(try !lines(ProfileView(by: .layer, width: 80))[0].contains("wait ms"))
    #expect(try lines(ProfileView(by: .layer, width: 160))[0].contains("wait ms"))
  }

  @Test func `columns are those that were asked for`() throws {
    let view = ProfileView(by: .op, columns: [.p99, .time])
    #expect(try lines(view)[0] == "op         kernel           p99 ms      ms")
  }

  @Test func `steps are listed in the order of the plan`() throws {
    let lines = try lines(ProfileView(by: .step, columns: [.time], width: nil))
    #expect(lines[1] == "0  embedding  f32-gather       embeddings             m.weft:4      1.000")
    #expect(lines[2] == "1  linear     f32-gemm-avx512  encoder.layer.0.dense  m.weft:9 +1   4.000")
    #expect(lines[6] == "   all                                                             10.000")
  }

  @Test func `kinds of work are listed slowest first`() throws {
    let lines = try lines(ProfileView(by: .kind, columns: [.time]))
    #expect(lines[1] == "matrix products   8.000")
  }

  @Test func `times of a short run are microseconds`() throws {
    let profile = Synthetic.profile([Synthetic.run([1_000, 4_000_000, 4_000_000, 1_234])])
    let lines = try profile.text(ProfileView(by: .op, columns: [.time, .wait]))
      .split(separator: "\n")
    #expect(lines[0] == "op         kernel               µs  wait µs")
    #expect(lines[2] == "add        f32-add             1.2     10.0")
  }

  @Test func `layers are a tree, those of one name in one row`() throws {
    #expect(
      try lines(ProfileView(by: .layer, columns: [.time, .calls])).prefix(6) == [
        "layer                 ms  calls", "embeddings         1.000      1",
        "encoder.layer[*]   9.000      3", "  (itself)         1.000      1",
        "  dense            8.000      2", "───────────────────────────────",
      ])
  }

  @Test func `a layer is opened down to its steps, beside the others`() throws {
    let view = ProfileView(by: .layer, expanded: ["encoder.layer.1"], columns: [.time])
    #expect(
      try lines(view).prefix(7) == [
        "layer                      ms", "embeddings              1.000",
        "encoder                 9.000", "  layer[others].dense   4.000",
        "  layer[1]              5.000", "    dense: 2 linear     4.000",
        "    3 add               1.000",
      ])
    let all = try lines(ProfileView(by: .layer, expanded: ["all"], columns: [.time]))
    #expect(all[1] == "embeddings: 0 embedding      1.000")
    #expect(all.contains("  layer[0].dense: 1 linear   4.000"))
  }

  @Test func `levels below a depth are part of their layer`() throws {
    let lines = try lines(ProfileView(by: .layer, depth: 1, columns: [.time]))
    #expect(lines[2] == "encoder.layer[*]   9.000")
    #expect(lines[3].hasPrefix("───"))
  }

  @Test(arguments: ["encoder.layer.1", "encoder.layer[1]"])
  func `one layer alone is shown`(name: String) throws {
    let lines = try lines(ProfileView(by: .op, focus: name, columns: [.time]))
    #expect(lines[1].hasPrefix("linear"))
    #expect(lines[2].hasPrefix("add"))
    #expect(lines[4].hasPrefix(name))
    #expect(lines[4].hasSuffix("5.000"))
  }

  @Test func `a star stands for every index`() throws {
    let lines = try lines(ProfileView(by: .op, focus: "encoder.layer[*].dense", columns: [.time]))
    #expect(lines[1].hasSuffix("8.000"))
    #expect(lines[2].hasPrefix("───"))
  }

  @Test func `a layer that isn't there is an error with those that are`() {
    #expect(
      throws: ProfileError.unknownLayer(
        "decoder", known: ["embeddings", "encoder.layer[*]"])
    ) { try profile().text(ProfileView(by: .layer, expanded: ["decoder"])) }
    #expect(throws: ProfileError.self) {
      try profile().text(ProfileView(by: .op, focus: "encoder.layer.7"))
    }
  }

  @Test func `a line stands with its text, one that many call with that of the caller`() throws {
    let lines = try lines(ProfileView(by: .line, columns: [.time], width: nil))
    #expect(lines[0] == "op         line       source     via      ms")
    #expect(lines[1] == "linear     m.weft:9   m.weft 9         8.000")
    var other = profile()
    other.steps[2].caller?.line = 31
    let text = try other.text(ProfileView(by: .line, columns: [.time], width: nil))
    #expect(text.contains("linear     top.weft:30  top.weft 30  m.weft:9   4.000"))
    #expect(text.contains("linear     top.weft:31  top.weft 30  m.weft:9   4.000"))
  }

  @Test func `a long path fits the terminal`() throws {
    let path = Array(repeating: "somewhere", count: 30).joined(separator: ".")
    var samples = RunSamples()
    samples.add(Synthetic.run([1]))
    let profile = Profile(
      [Synthetic.step(op: "add", origin: Synthetic.origin(1, path))], [StepWork(flops: 0)], samples)
    for grouping in ProfileGrouping.allCases {
      let text = profile.text(by: grouping, width: 80)
      let table = text.prefix(upTo: try #require(text.range(of: "\n\n")).lowerBound)
      #expect(table.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }
  }
}
