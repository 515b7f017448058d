import Dispatch
import Synchronization
import Tensors
import Testing

@testable import Executor

@Suite struct `Running plans` {
  @Test(arguments: [1, 2, 3, 5, 16])
  func `any number of threads gives the same bytes`(threads: Int) throws {
    let plan = try Plan.chain(count: 1000, depth: 12)
    let input = try ramp(1000)
    let alone = try PlanExecutor(threads: 1).run(plan, inputs: [input])
    let executor = PlanExecutor(threads: threads)
    for _ in 0..<50 {
      let outputs = try executor.run(plan, inputs: [input])
      #expect(outputs[0].floats == alone[0].floats)
    }
  }

  @Test(arguments: [1, 2, 5])
  func `thousands of tiny runs end, and end right`(threads: Int) throws {
    let plan = try Plan.chain(count: 48, depth: 5)
    let input = try ramp(48)
    let executor = PlanExecutor(threads: threads)
    let expected = try executor.run(plan, inputs: [input])[0].floats
    var wrong = 0
    for _ in 0..<10_000 {
      if try executor.run(plan, inputs: [input])[0].floats != expected { wrong += 1 }
    }
    #expect(wrong == 0)
  }

  @Test func `scratch belongs to one worker`() throws {
    let bytes = 4 * 500
    let plan = try Plan(
      steps: [
        Step(
          SumKernel(count: 500, tiles: 200),
          operands: [BufferReference(.input(0), byteCount: bytes)],
          results: [BufferReference(.output(0), byteCount: 800)], label: 0)
      ], arenaByteCount: 0, inputs: [Port("x", .f32, [500])], outputs: [Port("y", .f32, [200])])
    let executor = PlanExecutor(threads: 4)
    let input = try ramp(500)
    let sum = (0..<500).reduce(Float(0)) { $0 + Float($1) / 8 }
    for _ in 0..<200 {
      #expect(
        try executor.run(plan, inputs: [input])[0].floats == Array(repeating: sum, count: 200))
    }
  }

  @Test func `every tile runs once, and steps in order`() throws {
    let order = Mutex<[Int]>([])
    let plan = try Plan.hooks(
      (0..<20).map { step in
        HookKernel(tiles: step % 3 == 0 ? 1 : 37) { tile in
          order.withLock { $0.append(step * 100 + tile) }
        }
      })
    let executor = PlanExecutor(threads: 3)
    for _ in 0..<50 {
      order.withLock { $0 = [] }
      _ = try executor.run(plan, inputs: [])
      let seen = order.withLock { $0 }
      #expect(seen.map { $0 / 100 } == seen.map { $0 / 100 }.sorted())
      #expect(
        seen.sorted() == (0..<20).flatMap { s in (0..<(s % 3 == 0 ? 1 : 37)).map { s * 100 + $0 } })
    }
  }

  @Test func `runs at the same time don't disturb each other`() throws {
    let plan = try Plan.chain(count: 640, depth: 8)
    let executor = PlanExecutor(threads: 3)
    let inputs = try (0..<4).map { i in
      try Tensor(dims: [640], floats: (0..<640).map { Float($0 * (i + 1)) })
    }
    let expected = try inputs.map { try executor.run(plan, inputs: [$0])[0].floats }
    let wrong = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: 4) { i in
      for _ in 0..<300 {
        let found = try? executor.run(plan, inputs: [inputs[i]])[0].floats
        if found != expected[i] { wrong.wrappingAdd(1, ordering: .relaxed) }
      }
    }
    #expect(wrong.load(ordering: .relaxed) == 0)
    #expect(executor.idleArenaByteCount <= 4 * (plan.arenaByteCount + 64))
  }

  @Test func `a wrong input is named`() throws {
    let plan = try Plan.chain(count: 16, depth: 1)
    let executor = PlanExecutor(threads: 1)
    #expect(throws: ExecutionError.inputCount(expected: ["x"], found: 0)) {
      try executor.run(plan, inputs: [])
    }
    let short = try ramp(15)
    let error = #expect(throws: ExecutionError.self) { try executor.run(plan, inputs: [short]) }
    #expect(error?.description == "input 'x' must be f32[16], found f32[15]")
  }

  @Test func `an input at an odd address is copied`() throws {
    let plan = try Plan.chain(count: 16, depth: 1)
    let storage = try Storage(byteCount: 65)
    try ramp(16).withUnsafeBytes {
      (storage.base + 1).copyMemory(from: $0.baseAddress!, byteCount: 64)
    }
    let odd = try Tensor(dtype: .f32, dims: [16], storage: storage, byteOffset: 1)
    let executor = PlanExecutor(threads: 1)
    let expected = try executor.run(plan, inputs: [try ramp(16)])
    #expect(try executor.run(plan, inputs: [odd])[0].floats == expected[0].floats)
  }

  @Test func `a copy moves every byte`() throws {
    let bytes = (64 << 10) * 3 + 17
    let plan = try Plan(
      steps: [
        Step(
          CopyKernel(byteCount: bytes), operands: [BufferReference(.input(0), byteCount: bytes)],
          results: [BufferReference(.output(0), byteCount: bytes)], label: 0)
      ], arenaByteCount: 0, inputs: [Port("x", .bool, [bytes])],
      outputs: [Port("y", .bool, [bytes])])
    let input = try Tensor(.bool, dims: [bytes], integers: (0..<bytes).map { $0 % 3 == 0 ? 1 : 0 })
    let output = try PlanExecutor(threads: 2).run(plan, inputs: [input])[0]
    #expect(output.integers == input.integers)
  }
}
