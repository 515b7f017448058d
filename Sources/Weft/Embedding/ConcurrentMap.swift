import Dispatch
import Synchronization

/// The same work for many pieces, on several threads.
enum ConcurrentMap {
  /// `transform` of each number below `count`, in order. At most `threads` threads take pieces, one at
  /// a time, the caller among them.
  static func map<T: Sendable>(
    _ count: Int, threads: Int, _ transform: @Sendable (Int) -> T
  ) -> [T] {
    guard threads > 1, count > 1 else { return (0..<count).map(transform) }
    let next = Atomic(0)
    let parts = Mutex<[(index: Int, value: T)]>([])
    DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
      var own: [(index: Int, value: T)] = []
      while true {
        let index = next.add(1, ordering: .relaxed).oldValue
        if index >= count { break }
        own.append((index, transform(index)))
      }
      parts.withLock { $0 += own }
    }
    return parts.withLock { $0 }.sorted { $0.index < $1.index }.map(\.value)
  }
}
