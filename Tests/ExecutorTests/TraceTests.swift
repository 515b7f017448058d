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
        #expect(step.cpuTime >= (step.step == 2 ? 20_000 : 140_000))
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
}
