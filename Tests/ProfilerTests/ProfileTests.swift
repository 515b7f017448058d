import Foundation
import IR
import Tensors
import Testing

@testable import Compiler
@testable import Executor
@testable import Profiler

@Suite struct ProfileTests {
  func origin(_ line: Int, _ path: String) -> Origin {
    let components = path.split(separator: ".").map { LayerPath.Component(String($0)) }
    return Origin([
      .init(
        location: SourceLocation(file: "m.weft", line: line, column: 3), path: LayerPath(components)
      )
    ])
  }

  func step(
    op: String, category: OpCategory = .other, kernel: String, origin: Origin, cost: Cost
  ) -> PlannedStep {
    PlannedStep(
      op: op, category: category, kernel: kernel, origin: origin, cost: cost,
      type: TensorType(.f32, [2]), node: nil)
  }

  func run(_ durations: [Int], _ wall: Int) -> Trace.Run {
    Trace.Run(
      start: 5, end: 5 + wall, workers: 2,
      steps: durations.enumerated().map { i, duration in
        StepTiming(step: i, label: i, start: 1, end: 1 + duration, shares: [], wait: 20_000)
      })
  }

  func profile() -> Profile {
    func cost(_ flops: Int) -> Cost {
      Cost(flops: flops, bytesRead: 1_000_000, bytesWritten: 500_000)
    }
    let steps = [
      step(
        op: "embedding", category: .embedding, kernel: "f32-gather",
        origin: origin(4, "embeddings"), cost: cost(0)),
      step(
        op: "linear", category: .matrixProduct, kernel: "f32-gemm-avx512",
        origin: origin(9, "encoder.layer.0.dense").merged(with: origin(10, "encoder.layer.0")),
        cost: cost(400_000_000)),
      step(
        op: "linear", category: .matrixProduct, kernel: "f32-gemm-avx512",
        origin: origin(9, "encoder.layer.1.dense"), cost: cost(400_000_000)),
      step(
        op: "add", category: .elementwise, kernel: "f32-add", origin: origin(12, "encoder.layer.1"),
        cost: cost(0)),
    ]
    return Profile(
      steps,
      [
        run([1_000_000, 4_000_000, 4_000_000, 1_000_000], 11_000_000),
        run([1_000_000, 4_000_000, 2_000_000, 1_000_000], 10_000_000),
        run([3_000_000, 4_000_000, 9_000_000, 1_000_000], 20_000_000),
        run([1], 1),
      ])
  }

  @Test func `medians, sums and rates follow from the runs`() {
    let profile = profile()
    #expect(profile.runs == 3)
    #expect(profile.threads == 2)
    #expect(profile.wall == 11)
    #expect(profile.fastest == 10)
    #expect(profile.slowest == 20)
    #expect(profile.sum == 10)
    #expect(profile.steps.map(\.median) == [1, 4, 4, 1])
    #expect(profile.steps.map(\.total) == [5, 12, 15, 3])
    #expect(profile.steps.map(\.percent) == [10, 40, 40, 10])
    #expect(profile.steps[1].gigaflopsPerSecond == 100)
    #expect(profile.steps[0].gigabytesPerSecond == 1.5)
    #expect(profile.steps[0].wait == 0.01)
    #expect(profile.steps[1].layer == "encoder.layer.0.dense")
    #expect(profile.steps[1].lines.map(\.line) == [9, 10])
  }

  @Test func `steps are listed in the order of the plan`() {
    let lines = profile().text(by: .step, width: nil).split(separator: "\n")
    #expect(lines[1].hasPrefix("0  embedding  f32-gather       embeddings"))
    #expect(lines[2].contains("m.weft:9 +1"))
    #expect(lines[2].contains("100"))
    #expect(lines[6].contains("all"))
  }

  @Test func `ops are listed slowest first, with all their steps`() {
    #expect(
      profile().text(by: .op) == """
        op         kernel           calls      ms      %  GFLOP/s  GB/s  wait ms
        linear     f32-gemm-avx512      2   8.000   80.0      100  0.38    0.020
        embedding  f32-gather           1   1.000   10.0           1.50    0.010
        add        f32-add              1   1.000   10.0           1.50    0.010
        ────────────────────────────────────────────────────────────────────────
        all                             4  10.000  100.0     80.0  0.60    0.040

        3 runs, 2 threads: a run takes 11.000 ms (fastest 10.000, slowest 20.000); its 4 steps take \
        10.000 ms, 90.9 % of it.
        """)
  }

  @Test func `layers are a tree, those of one name in one row`() {
    let lines = profile().text(by: .layer).split(separator: "\n").map(String.init)
    #expect(lines[1].hasPrefix("embeddings"))
    #expect(lines[2].hasPrefix("encoder.layer[*]      3   9.000   90.0"))
    #expect(lines[3].hasPrefix("  (itself)            1   1.000   10.0"))
    #expect(lines[4].hasPrefix("  dense               2   8.000   80.0"))
  }

  @Test func `lines are listed with their ops`() {
    let lines = profile().text(by: .line).split(separator: "\n").map(String.init)
    #expect(lines[1].hasPrefix("linear     m.weft:9                  2   8.000"))
    #expect(lines.contains { $0.hasPrefix("add        m.weft:12") })
  }

  @Test func `a long path fits the terminal`() {
    let path = Array(repeating: "somewhere", count: 30).joined(separator: ".")
    let step = self.step(
      op: "add", kernel: "f32-add", origin: origin(1, path),
      cost: Cost(flops: 0, bytesRead: 0, bytesWritten: 0))
    let profile = Profile(
      [step], [run([1], 1)])
    for grouping in ProfileGrouping.allCases {
      let table = profile.text(by: grouping, width: 80).split(separator: "\n").dropLast()
      #expect(table.allSatisfy { $0.count <= 80 })
    }
  }

  @Test func `a profile without runs divides by nothing`() {
    let profile = Profile([], [])
    #expect(profile.text(by: .op).hasSuffix("no run was timed"))
    #expect(profile.sum == 0)
  }

  @Test func `JSON gives the same profile again`() throws {
    let profile = profile()
    let again = try JSONDecoder().decode(Profile.self, from: Data(profile.json().utf8))
    #expect(again == profile)
    #expect(try profile.json().contains("\"gigaflopsPerSecond\" : 100"))
  }
}
