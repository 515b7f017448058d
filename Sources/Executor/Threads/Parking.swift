import Dispatch
import Synchronization

/// Where one thread sleeps until something has changed.
///
/// The protocol against lost wake-ups: the sleeper announces itself, then looks again; a waker makes
/// its change, then looks for the sleeper. Both in one total order (sequentially consistent), so
/// that at least one sees the other. Every announcement is taken back once: by the sleeper, or by
/// the one waker who then signals. Wake-ups may be spurious.
///
/// One thread at a time: with several on one semaphore, one that goes to sleep again would take the
/// signal that was meant for another.
final class Parking: Sendable {
  private let isAsleep = Atomic<Bool>(false)
  private let semaphore = DispatchSemaphore(value: 0)

  /// Whether nobody sleeps.
  var isEmpty: Bool { !isAsleep.load(ordering: .relaxed) }

  /// Sleeps until woken, unless `hasChanged` already.
  func park(unless hasChanged: () -> Bool) {
    isAsleep.store(true, ordering: .sequentiallyConsistent)
    if hasChanged(), isAsleep.exchange(false, ordering: .sequentiallyConsistent) { return }
    semaphore.wait()
  }

  /// Wakes the sleeper, if there is one. Call after the change that it waits for.
  func wake() {
    if isAsleep.load(ordering: .sequentiallyConsistent),
      isAsleep.exchange(false, ordering: .sequentiallyConsistent)
    {
      semaphore.signal()
    }
  }
}

/// Places to sleep for workers that wait for one thing.
final class ParkingLot: Sendable {
  private let places: [Parking]
  /// Workers that sleep or are about to: wakers look here first.
  private let sleepers = Atomic<Int>(0)

  /// A lot of `count` places.
  init(count: Int) { places = (0..<count).map { _ in Parking() } }

  /// How many sleep.
  var parkedCount: Int { places.reduce(0) { $0 + ($1.isEmpty ? 0 : 1) } }

  /// Sleeps in place `index`, a worker's own, until woken, unless `hasChanged` already.
  func park(_ index: Int, unless hasChanged: () -> Bool) {
    sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
    places[index].park(unless: hasChanged)
    sleepers.wrappingSubtract(1, ordering: .relaxed)
  }

  /// Wakes the sleepers in the first `count` places. Call after the change that they wait for.
  @inline(__always)
  func wake(first count: Int = .max) {
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 { wakeEach(first: count) }
  }

  private func wakeEach(first count: Int) {
    for place in places.prefix(count) { place.wake() }
  }
}
