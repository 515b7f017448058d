import Dispatch
import Synchronization
import Tensors

/// A packed weight that is still to be written.
struct PackingJob: Sendable {
  let sources: [StorageRange]
  let packed: Storage
  let pieces: Int
  let fill: @Sendable (Storage, Range<Int>) -> Void
  /// What is told when it is written; nil: nothing.
  var written: WrittenFlag?

  /// Bytes that a thread writes before it looks for more: little against a weight, much against
  /// the cost of asking.
  private static let claimByteCount = 256 << 10
  /// Claims after which a large job lets go of what it read so far.
  private static let claimsPerDrop = 64

  /// Runs `jobs` on at most so many threads. A job's sources leave memory as soon as it is done, and
  /// those of a large one meanwhile, where a file has them, so that both forms of the weights never
  /// stand there together. A page that is still to be read comes back from the system's cache.
  static func run(_ jobs: [PackingJob], threads: Int) {
    for job in jobs where job.pieces == 0 { job.written?.set() }
    let claims = jobs.flatMap(\.claims)
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: max(1, min(threads, claims.count))) { _ in
      while true {
        let i = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard i < claims.count else { return }
        claims[i].perform()
      }
    }
  }

  /// The job in parts that threads take one by one.
  private var claims: [Claim] {
    let stride = max(1, pieces * PackingJob.claimByteCount / max(packed.byteCount, 1))
    let starts = Array(Swift.stride(from: 0, to: pieces, by: stride))
    let countdown = Countdown(starts.count)
    return starts.map { start in
      Claim(job: self, pieces: start..<min(start + stride, pieces), countdown: countdown)
    }
  }

  private struct Claim: Sendable {
    let job: PackingJob
    let pieces: Range<Int>
    let countdown: Countdown

    func perform() {
      job.fill(job.packed, pieces)
      let left = countdown.next()
      if left == 0 { job.written?.set() }
      guard left % PackingJob.claimsPerDrop == 0 else { return }
      for source in job.sources { source.dropPages() }
    }
  }

  /// How many claims of a job aren't done.
  private final class Countdown: Sendable {
    private let left: Atomic<Int>

    init(_ count: Int) { left = Atomic(count) }

    /// Counts one that is done; how many are left.
    func next() -> Int { left.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue }
  }

  /// The most bytes of a packed weight that are written before the pages of its original leave.
  static let byteCountPerDrop = claimByteCount * claimsPerDrop
}

/// Set once, when a packed weight is written.
final class WrittenFlag: Sendable {
  private let value = Atomic<Bool>(false)

  var isSet: Bool { value.load(ordering: .acquiring) }

  func set() { value.store(true, ordering: .releasing) }
}
