import CKernels
import Foundation
import Synchronization

/// Threads that stand ready while they are measured: no time goes into waking them.
///
/// `@unchecked Sendable`: `body` is written before `started` says so, and read after.
final class Team: @unchecked Sendable {
  /// How many threads there are, the caller among them.
  let count: Int
  private var body: (Int) -> Void = { _ in }
  private let started = Atomic(0)
  private let finished = Atomic(0)
  private let isOver = Atomic(false)

  /// A team of `count` threads. They spin until ``dismiss()``.
  init(count: Int) {
    self.count = count
    for member in 1..<max(count, 1) {
      Thread.detachNewThread { self.work(as: member) }
    }
  }

  /// Runs `body` once in every thread, with the thread's number, and waits for all.
  func run(_ body: @escaping (Int) -> Void) {
    self.body = body
    finished.store(0, ordering: .relaxed)
    started.add(1, ordering: .releasing)
    body(0)
    while finished.load(ordering: .acquiring) < count - 1 { weft_pause() }
  }

  /// Ends the threads.
  func dismiss() { isOver.store(true, ordering: .releasing) }

  private func work(as member: Int) {
    var seen = 0
    while true {
      while started.load(ordering: .acquiring) == seen {
        if isOver.load(ordering: .acquiring) { return }
        weft_pause()
      }
      seen += 1
      body(member)
      finished.add(1, ordering: .acquiringAndReleasing)
    }
  }
}

extension Range<Int> {
  /// The part of the range that member `i` of `count` takes; parts but the last are multiples of
  /// `step`.
  func part(_ i: Int, of count: Int, step: Int = 1) -> Range<Int> {
    func bound(_ i: Int) -> Int {
      i == count ? upperBound : lowerBound + (self.count * i / count + step / 2) / step * step
    }
    return Swift.min(
      bound(i), upperBound)..<Swift.min(Swift.max(bound(i), bound(i + 1)), upperBound)
  }
}
