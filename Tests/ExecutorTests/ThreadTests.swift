import Dispatch
import Foundation
import Synchronization
import Tensors
import Testing

@testable import Executor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite(.serialized) struct `Workers` {
  @Test func `a run doesn't wait for a worker that is held up`() throws {
    let pool = ThreadPool(threads: 2, spins: 1000)
    let release = Atomic<Bool>(false)
    let held = Atomic<Bool>(false)
    let caller = pthread_self()
    // The worker is caught in the first run's only tile of the second step...
    let first = context(
      try Plan.hooks([
        HookKernel(tiles: 2) { _ in
          if pthread_equal(pthread_self(), caller) != 0 {
            while !held.load(ordering: .acquiring) {}
          } else {
            held.store(true, ordering: .releasing)
          }
        }
      ]))
    #expect(pool.run(first))
    // ... and in a trap between two runs; the next run must end without it.
    let trap = context(
      try Plan.hooks([
        HookKernel(tiles: 2) { _ in
          if pthread_equal(pthread_self(), caller) == 0 {
            while !release.load(ordering: .acquiring) { usleep(100) }
          }
        }
      ]))
    DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(100)) {
      release.store(true, ordering: .releasing)
    }
    #expect(pool.run(trap))
    let sum = Atomic<Int>(0)
    let last = context(
      try Plan.hooks([HookKernel(tiles: 64) { _ in sum.wrappingAdd(1, ordering: .relaxed) }]))
    #expect(pool.run(last))
    #expect(sum.load(ordering: .relaxed) == 64)
  }

  @Test func `a late worker finds nothing to do in a finished run`() throws {
    let count = Atomic<Int>(0)
    let run = context(
      try Plan.hooks(
        (0..<10).map { _ in
          HookKernel(tiles: 3) { _ in count.wrappingAdd(1, ordering: .relaxed) }
        }))
    run.walk(as: 0)
    #expect(count.load(ordering: .relaxed) == 30)
    run.walk(as: 1)
    run.walk(as: 1)
    #expect(count.load(ordering: .relaxed) == 30)
  }

  @Test func `the pool is busy while it runs`() throws {
    let pool = ThreadPool(threads: 2, spins: 100)
    let refused = Atomic<Int>(0)
    let inner = context(try Plan.hooks([HookKernel(tiles: 2) { _ in }]))
    let outer = context(
      try Plan.hooks([
        HookKernel(tiles: 2) { _ in
          if !pool.run(inner) { refused.wrappingAdd(1, ordering: .relaxed) }
        }
      ]))
    #expect(pool.run(outer))
    #expect(refused.load(ordering: .relaxed) == 2)
  }

  @Test func `workers end with their pool`() throws {
    weak var shared: ThreadPool.Shared?
    do {
      let pool = ThreadPool(threads: 4, spins: 100)
      #expect(pool.run(context(try Plan.hooks([HookKernel(tiles: 8) { _ in }]), 4)))
      shared = pool.shared
    }
    let end = Clock.nanoseconds() + 5_000_000_000
    while shared != nil, Clock.nanoseconds() < end { usleep(1000) }
    #expect(shared == nil)
  }

  @Test func `an idle pool burns no processor time`() throws {
    let pool = ThreadPool(threads: 3, spins: 20_000)
    #expect(pool.run(context(try Plan.hooks([HookKernel(tiles: 8) { _ in }]), 3)))
    let end = Clock.nanoseconds() + 10_000_000_000
    while pool.shared.parkedWorkers < 2, Clock.nanoseconds() < end { usleep(1000) }
    #expect(pool.shared.parkedWorkers == 2)
  }

  @Test(arguments: 0..<20)
  func `parking loses no wake-up`(seed: Int) {
    let lot = ParkingLot(count: 2)
    let turn = Atomic<Int>(0)
    let rounds = 500
    let group = DispatchGroup()
    for side in 0..<2 {
      DispatchQueue(label: "side \(side)").async(group: group) {
        for round in 0..<rounds {
          let mine = 2 * round + side
          while turn.load(ordering: .sequentiallyConsistent) != mine {
            lot.park(side) { turn.load(ordering: .sequentiallyConsistent) == mine }
          }
          turn.store(mine + 1, ordering: .sequentiallyConsistent)
          lot.wake()
        }
      }
    }
    group.wait()
    #expect(turn.load(ordering: .relaxed) == 2 * rounds)
  }

  func context(_ plan: Plan, _ participants: Int = 2) -> RunContext {
    // swift-format-ignore: NeverUseForceTry
    let arena = try! Storage(byteCount: RunMemory.byteCount(of: plan, participants: participants))
    return RunContext(
      plan: plan, participants: participants,
      memory: RunMemory(
        plan: plan, participants: participants, arena: arena, inputs: [], outputs: [], states: []),
      cancellation: nil, records: nil, barrier: ParkingLot(count: participants), spins: 1000)
  }
}

@Suite struct `Processors` {
  @Test func `there is at least one, with a reason`() {
    let available = ProcessorCount.available()
    #expect(available.count >= 1)
    #expect(available.explanation.contains("online"))
  }

  @Test func `a list of processors is read`() {
    #expect(ProcessorCount.list("\t0-3,8,10-11\n") == [0, 1, 2, 3, 8, 10, 11])
    #expect(ProcessorCount.list("x,3-1,,-") == [])
  }

  @Test(
    arguments: [
      (["/proc/self/cgroup": "0::/a/b\n", "/sys/fs/cgroup/a/cpu.max": "150000 100000\n"], 1.5),
      (
        [
          "/proc/self/cgroup": "0::/a/b\n", "/sys/fs/cgroup/a/cpu.max": "400000 100000\n",
          "/sys/fs/cgroup/a/b/cpu.max": "max 100000\n", "/sys/fs/cgroup/cpu.max": "300000 100000",
        ], 3
      ),
      (
        [
          "/proc/self/cgroup": "9:name=systemd:/\n4:cpu,cpuacct:/x\n",
          "/sys/fs/cgroup/cpu/x/cpu.cfs_quota_us": "50000\n",
          "/sys/fs/cgroup/cpu/x/cpu.cfs_period_us": "100000\n",
        ], 0.5
      ),
      (
        [
          "/proc/self/cgroup": "4:cpu:/\n", "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
          "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
        ], nil
      ),
      (["/proc/self/cgroup": "nonsense\n::\n"], nil),
      ([:], nil),
    ] as [([String: String], Double?)])
  func `the smallest quota of all groups counts`(files: [String: String], quota: Double?) {
    #expect(ControlGroup.quota { files[$0] } == quota)
  }

  @Test(
    arguments: [
      (["/proc/self/cgroup": "0::/a\n", "/sys/fs/cgroup/a/memory.max": "1073741824\n"], 1 << 30),
      (
        [
          "/proc/self/cgroup": "0::/a/b\n", "/sys/fs/cgroup/a/memory.max": "4096\n",
          "/sys/fs/cgroup/a/b/memory.max": "max\n",
        ], 4096
      ),
      (
        [
          "/proc/self/cgroup": "4:cpu,cpuacct:/x\n7:memory:/x\n",
          "/sys/fs/cgroup/cpu/x/memory.limit_in_bytes": "1\n",
          "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
          "/sys/fs/cgroup/memory/x/memory.limit_in_bytes": "8192\n",
        ], 8192
      ),
      (
        [
          "/proc/self/cgroup": "7:memory:/\n",
          "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
        ], nil
      ),
      (["/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/memory.max": "max\n"], nil),
      (["/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/memory.max": "0\nnonsense"], nil),
      ([:], nil),
    ] as [([String: String], Int?)])
  func `the smallest memory limit of all groups counts`(files: [String: String], limit: Int?) {
    #expect(ControlGroup.memoryLimit { files[$0] } == limit)
  }
}
