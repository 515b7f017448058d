import Synchronization
import Tensors

/// One run of a plan: what its workers share.
///
/// Fresh for every run and kept alive by each worker that walks it: a worker that wakes late finds
/// all tiles claimed, touches none of the run's memory and goes on.
///
/// `@unchecked Sendable`: the pointers never change; what they point to is written by one worker at
/// a time: `records` and `faults` by the worker that the slot belongs to, buffers by whoever claimed
/// the tile. Readers come after an acquiring load of the counter that the writer released.
final class RunContext: @unchecked Sendable {
  /// What is claimed and done of one region, on cache lines of their own.
  struct Counters: ~Copyable {
    let next = Atomic<Int>(0)
    private let padding: InlinePadding = (0, 0, 0, 0, 0, 0, 0)
    let done = Atomic<Int>(0)
    private let padding2: InlinePadding = (0, 0, 0, 0, 0, 0, 0)
    typealias InlinePadding = (Int, Int, Int, Int, Int, Int, Int)
  }

  let plan: Plan
  /// How many workers may take part, the caller among them.
  let participants: Int
  let memory: RunMemory
  let cancellation: Cancellation?
  let records: TraceRecords?
  /// Whether a run was cancelled: nobody claims any more.
  let stopped = Atomic<Bool>(false)
  /// Whether a kernel reported a fault: nobody goes beyond its region.
  let faulted = Atomic<Bool>(false)
  /// Workers that walk this run, the caller not counted.
  let active = Atomic<Int>(0)
  /// Where workers sleep that wait for the end of a region.
  private let barrier: ParkingLot
  private let counters: UnsafeMutablePointer<Counters>
  private let spins: Int

  init(
    plan: Plan, participants: Int, memory: RunMemory, cancellation: Cancellation?,
    records: TraceRecords?, barrier: ParkingLot, spins: Int
  ) {
    self.plan = plan
    self.participants = participants
    self.memory = memory
    self.cancellation = cancellation
    self.records = records
    self.barrier = barrier
    self.spins = spins
    let count = participants > 1 ? plan.layout.regions.count : 0
    counters = .allocate(capacity: count)
    for i in 0..<count { (counters + i).initialize(to: Counters()) }
  }

  deinit {
    if participants > 1 { counters.deinitialize(count: plan.layout.regions.count) }
    counters.deallocate()
  }

  /// Walks the plan with the others, as worker `participant`; returns when the last region is
  /// complete, or the run has failed.
  func walk(as participant: Int) {
    plan.layout.regions.withUnsafeBufferPointer { regions in
      plan.steps.withUnsafeBufferPointer { steps in
        for (r, region) in regions.enumerated() {
          if region.steps.count == 1 {
            takeTiles(of: region, r, steps, participant)
          } else {
            takeChain(region, r, steps, participant)
          }
          guard meet(region, r, participant) else { return }
        }
      }
    }
  }

  /// Walks the plan alone: nothing to claim, nobody to meet.
  func walkAlone() {
    plan.steps.withUnsafeBufferPointer { steps in
      for i in steps.indices {
        if isStopped() { return }
        run(steps, i, tiles: 0..<plan.layout.tiles[i], 0)
        if faulted.load(ordering: .relaxed) { return }
      }
    }
  }

  private func isStopped() -> Bool {
    if stopped.load(ordering: .relaxed) { return true }
    guard let cancellation, cancellation.isCancelled else { return false }
    stopped.store(true, ordering: .sequentiallyConsistent)
    barrier.wake()
    return true
  }

  /// Claims tiles until none is left: half of a fair share at a time, so that claims are few and
  /// the last ones small.
  private func takeTiles(
    of region: PlanLayout.Region, _ r: Int, _ steps: UnsafeBufferPointer<Step>,
    _ participant: Int
  ) {
    let tiles = region.tiles
    var begin = counters[r].next.load(ordering: .relaxed)
    while begin < tiles {
      if isStopped() { return }
      let count = max(1, (tiles - begin) / (2 * participants))
      let (claimed, found) = counters[r].next.compareExchange(
        expected: begin, desired: begin + count, ordering: .relaxed)
      guard claimed else {
        begin = found
        continue
      }
      run(steps, region.steps.lowerBound, tiles: begin..<begin + count, participant)
      finish(count, of: tiles, r)
      begin = counters[r].next.load(ordering: .relaxed)
    }
  }

  /// Claims a chain of steps of one tile each.
  private func takeChain(
    _ region: PlanLayout.Region, _ r: Int, _ steps: UnsafeBufferPointer<Step>,
    _ participant: Int
  ) {
    guard counters[r].next.load(ordering: .relaxed) == 0,
      counters[r].next.compareExchange(expected: 0, desired: 1, ordering: .relaxed).exchanged
    else { return }
    for i in region.steps {
      if isStopped() { return }
      run(steps, i, tiles: 0..<1, participant)
      if faulted.load(ordering: .relaxed) { break }
    }
    finish(1, of: 1, r)
  }

  @inline(__always)
  private func finish(_ count: Int, of tiles: Int, _ r: Int) {
    let done = counters[r].done.wrappingAdd(count, ordering: .sequentiallyConsistent).newValue
    if done == tiles { barrier.wake() }
  }

  /// Waits until all tiles of the region are done; false when the run has failed.
  private func meet(_ region: PlanLayout.Region, _ r: Int, _ participant: Int) -> Bool {
    // Short: who is waited for may be a worker that lost this very processor. 100 regions of 20 µs
    // beside eight busy processes: median 2.14 ms with 2,500 pauses, 2.58 with 20,000; 1.05 alone.
    var backoff = Backoff(spins: spins / 8)
    while counters[r].done.load(ordering: .acquiring) < region.tiles {
      if isStopped() { return false }
      if backoff.pause() { continue }
      barrier.park(participant) {
        counters[r].done.load(ordering: .sequentiallyConsistent) == region.tiles
          || stopped.load(ordering: .sequentiallyConsistent)
      }
    }
    return !faulted.load(ordering: .relaxed)
  }

  @inline(__always)
  private func run(
    _ steps: UnsafeBufferPointer<Step>, _ i: Int, tiles: Range<Int>, _ participant: Int
  ) {
    let io = memory.io(buffers: plan.layout.firstBuffer[i], participant)
    let start = records == nil ? 0 : Clock.nanoseconds()
    steps[i].kernel.run(tiles: tiles, io: io)
    if let records {
      records.add(step: i, participant, start: start, end: Clock.nanoseconds(), tiles.count)
    }
    if memory.takeFault(of: participant, step: i) { faulted.store(true, ordering: .relaxed) }
  }
}
