import Foundation
import IR
import Testing

@testable import Compiler
@testable import Executor
@testable import Profiler

@Suite struct ProfileTests {
  func profile() -> Profile {
    Synthetic.profile([
      Synthetic.run([1_000_000, 4_000_000, 4_000_000, 1_000_000], finish: 1_000_000),
      Synthetic.run([1_000_000, 4_000_000, 2_000_000, 1_000_000], finish: 2_000_000),
      Synthetic.run([3_000_000, 4_000_000, 9_000_000, 1_000_000], finish: 3_000_000),
    ])
  }

  @Test func `medians, sums and rates follow from the runs`() {
    let profile = profile()
    #expect(profile.runs == 3)
    #expect(profile.threads == 2)
    // Of three runs the middle one is the typical one.
    #expect(profile.wall == 11)
    #expect(profile.median == 11)
    #expect(profile.deviation == 1)
    #expect(profile.fastest == 10)
    #expect(profile.slowest == 20)
    #expect(profile.sum == 10)
    #expect(profile.steps.map(\.time) == [1, 4, 4, 1])
    #expect(profile.steps.map(\.median) == [1, 4, 4, 1])
    #expect(profile.steps.map(\.deviation) == [0, 0, 2, 0])
    #expect(profile.steps.map(\.total) == [5, 12, 15, 3])
    #expect(profile.steps.map(\.percent) == [10, 40, 40, 10])
    #expect(profile.steps[2].p90 == 8)
    #expect(abs(profile.steps[2].p99 - 8.9) < 1e-6)
    #expect(profile.steps[1].gigaflopsPerSecond == 100)
    #expect(profile.steps[0].gigabytesPerSecond == 1.5)
    #expect(profile.steps[0].wait == 0.01)
    #expect(profile.steps.map(\.node) == [nil, 7, 9, nil])
    #expect(profile.steps[1].layer == "encoder.layer.0.dense")
    #expect(profile.steps[1].lines.map(\.line) == [9, 10])
    #expect(profile.steps[1].lines.map(\.source) == ["m.weft 9", "m.weft 10"])
    #expect(profile.steps[1].caller?.text == "top.weft:30")
  }

  @Test func `the parts of a run add up to it`() {
    let run = Synthetic.run(
      [1_000_000, 2_000_000, 3_000_000, 1_000_000], ready: 200_000, wake: 300_000, gap: 50_000,
      finish: 400_000)
    var samples = RunSamples()
    samples.add(run, wall: run.duration + 150_000, untraced: run.duration)
    let profile = Profile(Synthetic.steps, Synthetic.work, samples)
    let parts = profile.parts
    #expect(abs(profile.wall - 8.2) < 1e-9)
    #expect(parts.prepare == 0.2)
    #expect(parts.wake == 0.3)
    #expect(parts.steps == 7)
    #expect(abs(parts.barriers - 0.15) < 1e-9)
    #expect(parts.finish == 0.4)
    #expect(abs(parts.rest - 0.15) < 1e-9)
    #expect(abs(profile.explainedPercent - 100 * 8.05 / 8.2) < 1e-9)
    #expect(profile.steps.map(\.barrier) == [0.05, 0.05, 0.05, 0])
    #expect(profile.untraced == 8.05)
    #expect(abs((profile.tracingPercent ?? 0) - 100 * 0.15 / 8.05) < 1e-9)
  }

  @Test func `runs far from the middle don't count`() {
    let fast = (0..<6).map { Synthetic.run([1_000_000, 1_000_000, 1_000_000, 1_000_000 + $0]) }
    let slow = [Synthetic.run([90_000_000, 1_000_000, 1_000_000, 1_000_000])]
    let profile = Synthetic.profile(slow + fast)
    #expect(profile.slowest == 93)
    #expect(profile.steps[0].time == 1)
    #expect(profile.steps[0].p99 > 80)
    #expect(abs(profile.wall - 4.000003) < 1e-9)
  }

  @Test func `steps side by side share their time`() {
    func timing(_ i: Int, _ start: Int, _ end: Int, _ worker: Int) -> StepTiming {
      StepTiming(
        step: i, label: i, start: start, end: end,
        shares: [.init(worker: worker, start: start, end: end, busy: end - start, tiles: 1)],
        wait: end - start)
    }
    let run = Trace.Run(
      start: 0, end: 1_000, workers: 2, ready: 50,
      steps: [timing(0, 100, 500, 0), timing(1, 300, 700, 1), timing(2, 800, 900, 0)])
    let split = RunSplit(run)
    #expect(split.prepare == 50)
    #expect(split.wake == 50)
    #expect(split.steps == [300, 300, 100])
    #expect(split.gaps == [0, 100, 0])
    #expect(split.finish == 100)
    // Each of the first two has its worker; the other one is idle half of its own time.
    #expect(split.waits == [100, 100, 50])
    let sum = split.steps.reduce(0, +) + split.gaps.reduce(0, +)
    #expect(split.prepare + split.wake + sum + split.finish == run.duration)
  }

  @Test(arguments: 0..<20)
  func `whatever goes on side by side, every nanosecond is counted once`(seed: UInt64) {
    var random = Generator(state: seed)
    let steps = (0..<Int.random(in: 1...40, using: &random)).map { i in
      let start = Int.random(in: 50...900, using: &random)
      let end = start + Int.random(in: 0...200, using: &random)
      return StepTiming(step: i, label: i, start: start, end: end, shares: [], wait: 0)
    }
    let run = Trace.Run(start: 0, end: 1_200, workers: 3, ready: 40, steps: steps)
    let split = RunSplit(run)
    let parts = split.steps + split.gaps + [split.prepare, split.wake, split.finish]
    #expect(parts.allSatisfy { $0 >= 0 })
    #expect(parts.reduce(0, +) == run.duration)
    for (own, step) in zip(split.steps, steps) { #expect(own <= step.duration) }
  }

  /// Numbers that are the same in every run (SplitMix64).
  private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  @Test func `ceilings say what a step is bound by and what could be got back`() {
    let profile = Synthetic.profile(
      [Synthetic.run([1_000_000, 4_000_000, 4_000_000, 10_000])], ceilings: Synthetic.ceilings)
    // 1.5 MB of values at 100 GB/s.
    #expect(profile.steps[0].bound == .memory)
    #expect(profile.steps[0].ceiling == 0.015)
    #expect(profile.steps[0].recoverable == 0.985)
    // 400 MFLOP at 200 GFLOP/s against 1 MB at 10 GB/s and 0.5 MB at 100.
    #expect(profile.steps[1].bound == .compute)
    #expect(profile.steps[1].ceiling == 2)
    #expect(profile.steps[1].recoverable == 2)
    // What is faster than the ceiling gives nothing back.
    #expect(profile.steps[3].recoverable == 0)
  }

  @Test func `weights count against their own bandwidth, int8 against its own peak`() {
    var ceilings = Synthetic.ceilings
    ceilings.gigaoperationsPerSecondInt8 = 800
    let float = StepWork(flops: 8_000_000, weightByteCount: 4_000_000, valueByteCount: 1_000_000)
    var integer = float
    integer.arithmetic = .int8
    #expect(ceilings.milliseconds(of: float).compute == 0.04)
    #expect(ceilings.milliseconds(of: integer).compute == 0.01)
    #expect(abs(ceilings.milliseconds(of: float).memory - 0.41) < 1e-12)
  }

  @Test(arguments: [
    (1_900, 90_000, Profile.Bound.overhead), (1_900, 100_000, .memory), (2_000, 1, .memory),
  ])
  func `a short step that could be much shorter is overhead`(
    nanoseconds: Int, bytes: Int, bound: Profile.Bound
  ) {
    var samples = RunSamples()
    samples.add(Synthetic.run([nanoseconds]))
    let profile = Profile(
      [Synthetic.steps[3]], [StepWork(flops: 0, valueByteCount: bytes)], samples,
      ceilings: Synthetic.ceilings)
    #expect(profile.steps[0].bound == bound)
  }

  @Test func `a run of another plan is left out`() {
    let profile = Synthetic.profile([Synthetic.run([1, 2])])
    #expect(profile.runs == 0)
    #expect(profile.steps.count == 4)
    #expect(profile.text(by: .op).hasSuffix("no run was timed"))
  }

  @Test func `a profile without runs divides by nothing`() {
    let profile = Profile([], [], RunSamples())
    for grouping in ProfileGrouping.allCases {
      #expect(profile.text(by: grouping).hasSuffix("no run was timed"))
    }
    #expect(profile.sum == 0)
    #expect(profile.explainedPercent == 0)
  }

  @Test func `of many runs a few are kept whole`() {
    var samples = RunSamples()
    for i in 0..<100 { samples.add(Synthetic.run([1_000 + i * 37 % 100])) }
    #expect(samples.traced.count == RunSamples.tracedLimit)
    let shown = samples.shown
    #expect(shown.map(\.number) == shown.map(\.number).sorted())
    #expect(Set(shown.map(\.what)) == ["fastest", "median", "slowest"])
    let durations = samples.traced.map(\.duration)
    #expect(shown.first { $0.what == "fastest" }?.run.duration == durations.min())
    #expect(shown.first { $0.what == "slowest" }?.run.duration == durations.max())
  }
}
