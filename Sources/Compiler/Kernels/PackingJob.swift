import Dispatch
import Synchronization
import Tensors

/// A packed weight that is still to be written.
struct PackingJob: Sendable {
  /// Memory that an original takes.
  struct Source: Sendable {
    let storage: Storage
    let bytes: Range<Int>

    init(_ tensor: Tensor) {
      storage = tensor.storage
      bytes = tensor.byteOffset..<tensor.byteOffset + tensor.byteCount
    }

    init(_ matrix: Int8Matrix) {
      storage = matrix.storage
      bytes = matrix.byteOffset..<matrix.byteOffset + matrix.rows * matrix.columns
    }

    /// Lets the file's pages go.
    func dropPages() { storage.dropPages(bytes) }
  }

  let sources: [Source]
  let packed: Storage
  let pieces: Int
  let fill: @Sendable (Storage, Range<Int>) -> Void

  /// Bytes that a thread writes before it looks for more: little against a weight, much against
  /// the cost of asking.
  private static let claimByteCount = 256 << 10

  /// Runs `jobs` on at most so many threads. A job's sources leave memory as soon as it is done,
  /// where a file has them, so that both forms of the weights never stand there together.
  static func run(_ jobs: [PackingJob], threads: Int) {
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
      if countdown.isLast() { for source in job.sources { source.dropPages() } }
    }
  }

  /// How many claims of a job aren't done.
  private final class Countdown: Sendable {
    private let left: Atomic<Int>

    init(_ count: Int) { left = Atomic(count) }

    /// Counts one that is done; whether it was the last.
    func isLast() -> Bool {
      left.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0
    }
  }
}
