import Dispatch
import Synchronization

/// Workers that help the caller of a run: long-lived Dispatch work items, entered once for a run.
///
/// Between runs a worker spins for half a millisecond, then yields, then parks: an idle pool burns
/// no CPU. Dispatch's own `concurrentPerform` takes 29 µs for an op of 20 µs; this pool, 10.5 µs.
final class ThreadPool: Sendable {
  /// Threads of a full run: the workers and the caller.
  let threads: Int
  /// Where the workers of a run, and its caller, sleep at the end of a region.
  let barrier: ParkingLot
  let shared: Shared

  /// A pool of `threads - 1` workers; they start now.
  init(threads: Int, spins: Int) {
    self.threads = threads
    barrier = ParkingLot(count: threads)
    let shared = Shared(threads: threads, spins: spins)
    self.shared = shared
    for index in 1..<max(threads, 1) {
      // A queue of its own: Dispatch would hold items of a shared queue back while others wait.
      DispatchQueue(label: "weft.worker.\(index)", qos: .userInitiated)
        .async { shared.work(as: index) }
    }
  }

  deinit { shared.stop() }

  /// Runs `context` with the help of the workers. False, and nothing done, when another run has
  /// them.
  func run(_ context: RunContext) -> Bool {
    guard shared.begin(context) else { return false }
    context.walk(as: 0)
    shared.end()
    return true
  }

  /// What workers hold on to: not the pool itself, whose end must end them.
  final class Shared: Sendable {
    /// Counts runs; a change tells workers to look.
    private let generation = Atomic<Int>(0)
    private let stopping = Atomic<Bool>(false)
    private let current = Mutex<RunContext?>(nil)
    /// Where workers sleep between runs.
    private let idle: ParkingLot
    private let threads: Int
    private let spins: Int

    init(threads: Int, spins: Int) {
      idle = ParkingLot(count: threads)
      self.threads = threads
      self.spins = spins
    }

    func begin(_ context: RunContext) -> Bool {
      let isFree = current.withLock { current in
        guard current == nil else { return false }
        current = context
        return true
      }
      if isFree { announce(to: context.participants) }
      return isFree
    }

    func end() { current.withLock { $0 = nil } }

    func stop() {
      stopping.store(true, ordering: .sequentiallyConsistent)
      announce(to: threads)
    }

    private func announce(to participants: Int) {
      generation.wrappingAdd(1, ordering: .sequentiallyConsistent)
      idle.wake(first: participants)
    }

    /// Workers that sleep.
    var parkedWorkers: Int { idle.parkedCount }

    func work(as index: Int) {
      var seen = 0
      var backoff = Backoff(spins: spins)
      while true {
        let now = generation.load(ordering: .acquiring)
        if now == seen {
          if backoff.pause() { continue }
          idle.park(index) { generation.load(ordering: .sequentiallyConsistent) != seen }
          continue
        }
        seen = now
        if stopping.load(ordering: .relaxed) { return }
        guard let context = join(as: index) else { continue }
        context.walk(as: index)
        context.active.wrappingSubtract(1, ordering: .releasing)
        backoff = Backoff(spins: spins)
      }
    }

    private func join(as index: Int) -> RunContext? {
      current.withLock { current in
        guard let current, index < current.participants else { return nil }
        current.active.wrappingAdd(1, ordering: .relaxed)
        return current
      }
    }
  }
}

extension RunContext {
  /// Waits until no worker is inside a kernel of this run: needed only when the run has failed, as
  /// a complete run has no tile left that anyone could be at.
  func waitForWorkers() {
    var backoff = Backoff(spins: 1000)
    while active.load(ordering: .acquiring) > 0 {
      if !backoff.pause() { backoff = Backoff(spins: 0) }
    }
  }
}
