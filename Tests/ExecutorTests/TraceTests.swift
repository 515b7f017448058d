import Tensors
import Testing

@testable import Executor

@Suite struct `Traces` {
  @Test(arguments: [1, 2, 3])
  func `every step of every run is timed`(threads: Int) throws {
    let plan = try Plan.hooks(
      (0..<6).map { i in HookKernel(tiles: i == 2 ? 1 : 7) { _ in busyWait(microseconds: 20) } })
    let executor = PlanExecutor(threads: threads)
    let trace = Trace()
    for _ in 0..<3 { _ = try executor.run(plan, inputs: [], trace: trace) }
    #expect(trace.runs.count == 3)
    for run in trace.runs {
      #expect(run.workers == threads)
      #expect(run.steps.map(\.label) == Array(0..<6))
      #expect(run.steps.map { $0.shares.reduce(0) { $0 + $1.tiles } } == [7, 7, 1, 7, 7, 7])
      for (step, next) in zip(run.steps, run.steps.dropFirst()) { #expect(step.end <= next.start) }
      for step in run.steps {
        // The counter may be looked at a little early.
        #expect(step.cpuTime >= (step.step == 2 ? 19_500 : 139_500))
        #expect(step.cpuTime + step.wait >= step.duration)
        #expect(step.start >= 0 && step.end <= run.duration)
      }
    }
  }

  @Test func `a failed run leaves no trace`() throws {
    let trace = Trace()
    let plan = try Plan.hooks([FaultKernel(positions: [3])])
    #expect(throws: ExecutionError.self) {
      try PlanExecutor(threads: 2).run(plan, inputs: [], trace: trace)
    }
    #expect(trace.runs.isEmpty)
  }

  @Test func `what is taken is gone`() throws {
    let trace = Trace()
    let plan = try Plan.hooks([HookKernel(tiles: 2) { _ in }])
    let executor = PlanExecutor(threads: 2)
    for _ in 0..<2 { _ = try executor.run(plan, inputs: [], trace: trace) }
    #expect(trace.take().count == 2)
    #expect(trace.runs.isEmpty)
    _ = try executor.run(plan, inputs: [], trace: trace)
    #expect(trace.runs.count == 1)
  }

  @Test func `a run is ready before its first step, and is over when the clock says so`() throws {
    let trace = Trace()
    let plan = try Plan.hooks([HookKernel(tiles: 1) { _ in busyWait(microseconds: 200) }])
    let executor = PlanExecutor(threads: 1)
    let before = Clock.nanoseconds()
    _ = try executor.run(plan, inputs: [], trace: trace)
    let after = Clock.nanoseconds()
    let run = try #require(trace.runs.first)
    #expect(run.ready > 0)
    #expect(run.ready <= run.steps[0].start)
    // The counter's rate is measured: a thousandth is more than it is off by.
    let tolerance = 2_000 + (after - before) / 1_000
    #expect(run.start >= before - tolerance)
    #expect(run.end <= after + tolerance)
    #expect(run.duration >= 199_000)
  }

  @Test func `tiles that follow one another are one stretch of work`() {
    let records = TraceRecords(steps: 2, participants: 2, clock: TraceClock(usesTicks: false))
    let first = records.slots.begin(step: 0, 1)
    records.slots.end(step: 0, 1, since: first, 4)
    // Without another look at the clock.
    #expect(records.slots.begin(step: 0, 1) == records.slot(step: 0, 1).end)
    records.slots.end(step: 0, 1, since: records.slots.begin(step: 0, 1), 2)
    let slot = records.slot(step: 0, 1)
    #expect(slot.start == first)
    #expect(slot.busy == slot.end - slot.start)
    #expect(slot.tiles == 6)
    #expect(records.slot(step: 0, 0).tiles == 0)
    // Another step begins with a look.
    let second = records.slots.begin(step: 1, 1)
    #expect(second >= slot.end)
    records.slots.end(step: 1, 1, since: second, 1)
    #expect(records.slots.begin(step: 0, 1) >= records.slot(step: 1, 1).end)
  }

  @Test func `ticks become nanoseconds by what passed on both clocks`() {
    let scale = TraceClock.Scale(
      origin: .init(ticks: 1_000, nanoseconds: 50), nanosecondsPerTick: 0.5)
    #expect(scale.nanoseconds(from: 1_000, to: 3_000) == 1_000)
    #expect(scale.nanoseconds(from: 3_000, to: 1_000) == 0)
    #expect(scale.time(at: 3_000) == 1_050)
    #expect(scale.time(at: 900) == 0)
  }
}
