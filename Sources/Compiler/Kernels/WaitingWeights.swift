import Tensors

/// A packed weight that may not be written yet: until it is, its kernel reads the original.
public struct WaitingStorage: Sendable {
  /// The packed weight.
  public let packed: Storage
  /// Nil for one that another kernel couldn't wait for.
  let written: WrittenFlag?

  /// Whether ``packed`` can be read.
  public var isWritten: Bool {
    @inline(__always) get { written?.isSet ?? true }
  }
}

/// Packed weights that nobody has to wait for, in the order in which they are written.
struct WaitingWeights: Sendable {
  /// What isn't written yet.
  private(set) var jobs: [PackingJob] = []
  private var share = 0
  private var isFresh = false

  /// So many runs pack a model's weights: each takes a few times as long as later ones, as writing new
  /// memory is slow, and no token waits for all of it.
  private static let runs = 32
  /// What is packed at least.
  private static let leastShare = 16 << 20

  mutating func append(_ job: PackingJob) {
    jobs.append(job)
    isFresh = true
  }

  /// The job that writes `packed`, which doesn't wait any more.
  mutating func take(_ packed: Storage) -> PackingJob? {
    jobs.firstIndex { $0.packed === packed }.map { jobs.remove(at: $0) }
  }

  mutating func takeAll() -> [PackingJob] {
    defer { jobs = [] }
    return jobs
  }

  /// What the next run packs: nothing where weights have come since the last one.
  mutating func takeShare() -> [PackingJob] {
    if jobs.isEmpty { return [] }
    if isFresh {
      isFresh = false
      let byteCount = jobs.reduce(0) { $0 + $1.packed.byteCount }
      share = max(byteCount / WaitingWeights.runs, WaitingWeights.leastShare)
      return []
    }
    var byteCount = 0
    let count = jobs.firstIndex { job in
      if byteCount >= share { return true }
      byteCount += job.packed.byteCount
      return false
    }
    let taken = Array(jobs.prefix(count ?? jobs.count))
    jobs.removeFirst(taken.count)
    return taken
  }
}
