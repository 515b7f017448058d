import Synchronization
import Tensors

/// Arenas between runs: taken by a run, given back after it.
final class ArenaPool: Sendable {
  private let free = Mutex<[Storage]>([])
  private let limit: Int

  /// Keeps at most `limit` arenas.
  init(limit: Int) { self.limit = limit }

  var byteCount: Int { free.withLock { $0.reduce(0) { $0 + $1.byteCount } } }

  /// The smallest free arena that is large enough, or a new one in place of the largest free one.
  func take(_ byteCount: Int) throws(TensorError) -> Storage {
    let found = free.withLock { free -> Storage? in
      let fitting = free.indices.filter { free[$0].byteCount >= byteCount }
      if let best = fitting.min(by: { free[$0].byteCount < free[$1].byteCount }) {
        return free.remove(at: best)
      }
      if let largest = free.indices.max(by: { free[$0].byteCount < free[$1].byteCount }) {
        free.remove(at: largest)
      }
      return nil
    }
    if let found { return found }
    return try Storage(uninitializedByteCount: byteCount)
  }

  func give(_ arena: Storage) {
    free.withLock { if $0.count < limit { $0.append(arena) } }
  }
}
