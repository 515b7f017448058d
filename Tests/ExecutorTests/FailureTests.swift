import Dispatch
import Synchronization
import Tensors
import Testing

@testable import Executor

@Suite struct `Failed runs` {
  @Test(arguments: [1, 2, 5])
  func `the smallest fault of the earliest step is reported`(threads: Int) throws {
    let executor = PlanExecutor(threads: threads)
    let later = Atomic<Int>(0)
    let plan = try Plan.hooks([
      HookKernel(tiles: 8) { _ in }, FaultKernel(positions: [60, 7, 33]),
      FaultKernel(positions: [1]),
      HookKernel(tiles: 8) { _ in later.wrappingAdd(1, ordering: .relaxed) },
    ])
    for _ in 0..<100 {
      #expect(
        throws: ExecutionError.fault(
          step: 1, label: 1, kernel: "test-fault", message: "index 7 is bad")
      ) { try executor.run(plan, inputs: []) }
    }
    #expect(later.load(ordering: .relaxed) == 0)
    let chain = try Plan.chain(count: 64, depth: 3)
    #expect(try executor.run(chain, inputs: [try ramp(64)]).count == 1)
  }

  @Test(arguments: [1, 2, 5])
  func `a cancelled run stops, and the next one works`(threads: Int) throws {
    let executor = PlanExecutor(threads: threads)
    let cancellation = Cancellation()
    let after = Atomic<Int>(0)
    let inside = Atomic<Int>(0)
    let plan = try Plan.hooks([
      HookKernel(tiles: 50) { tile in
        inside.wrappingAdd(1, ordering: .relaxed)
        if tile == 20 { cancellation.cancel() }
        inside.wrappingSubtract(1, ordering: .relaxed)
      },
      HookKernel(tiles: 50) { _ in after.wrappingAdd(1, ordering: .relaxed) },
    ])
    for _ in 0..<200 {
      #expect(throws: ExecutionError.cancelled) {
        try executor.run(plan, inputs: [], cancellation: cancellation)
      }
      #expect(inside.load(ordering: .relaxed) == 0)
    }
    #expect(after.load(ordering: .relaxed) == 0)
    let chain = try Plan.chain(count: 64, depth: 3)
    #expect(
      try executor.run(chain, inputs: [try ramp(64)], cancellation: Cancellation()).count == 1)
  }

  @Test func `cancelling from another thread ends a long run`() throws {
    let executor = PlanExecutor(threads: 2)
    let cancellation = Cancellation()
    let done = Atomic<Int>(0)
    let plan = try Plan.hooks(
      (0..<100_000).map { _ in
        HookKernel(tiles: 4) { _ in
          busyWait(microseconds: 50)
          done.wrappingAdd(1, ordering: .relaxed)
        }
      })
    DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(30)) {
      cancellation.cancel()
    }
    #expect(throws: ExecutionError.cancelled) {
      try executor.run(plan, inputs: [], cancellation: cancellation)
    }
    #expect(done.load(ordering: .relaxed) < 400_000)
  }
}

func busyWait(microseconds: Int) {
  let end = Clock.nanoseconds() + microseconds * 1000
  while Clock.nanoseconds() < end {}
}
