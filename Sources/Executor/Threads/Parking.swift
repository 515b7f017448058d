import Dispatch
import Synchronization

/// Where threads sleep until something has changed.
///
/// The protocol against lost wake-ups: a sleeper announces itself, then looks again; a waker makes
/// its change, then looks for sleepers. Both in one total order (sequentially consistent), so that
/// at least one sees the other. Wake-ups may be spurious.
final class Parking: Sendable {
  private let sleepers = Atomic<Int>(0)
  private let semaphore = DispatchSemaphore(value: 0)

  /// Whether nobody sleeps.
  var isEmpty: Bool { sleepers.load(ordering: .relaxed) == 0 }

  /// Sleeps until woken, unless `hasChanged` already.
  func park(unless hasChanged: () -> Bool) {
    sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
    if hasChanged(), withdraw() { return }
    semaphore.wait()
  }

  /// Takes the announcement back; false when a waker has counted it and a signal is on its way.
  private func withdraw() -> Bool {
    var count = sleepers.load(ordering: .relaxed)
    while count > 0 {
      let (exchanged, found) = sleepers.weakCompareExchange(
        expected: count, desired: count - 1, ordering: .sequentiallyConsistent)
      if exchanged { return true }
      count = found
    }
    return false
  }

  /// Wakes all who sleep. Call after the change that they wait for.
  @inline(__always)
  func wake() {
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 { signal() }
  }

  private func signal() {
    let count = sleepers.exchange(0, ordering: .sequentiallyConsistent)
    for _ in 0..<count { semaphore.signal() }
  }
}
