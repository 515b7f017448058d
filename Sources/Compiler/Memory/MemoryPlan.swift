/// A buffer that a plan needs from one step to another.
public struct LiveInterval: Hashable, Sendable {
  /// Bytes, rounded up to a multiple of the arena's alignment.
  public let byteCount: Int
  /// The step that writes it first.
  public let first: Int
  /// The last step that reads or writes it.
  public let last: Int

  /// A buffer of `byteCount` bytes (rounded up to 64) that lives in the steps `first ... last`.
  public init(byteCount: Int, first: Int, last: Int) {
    precondition(byteCount >= 0 && first <= last, "a buffer lives from its first step to its last")
    let (padded, overflow) = byteCount.addingReportingOverflow(63)
    self.byteCount = overflow ? byteCount / 64 * 64 : padded / 64 * 64
    self.first = first
    self.last = last
  }

  /// Whether both are alive in some step.
  public func overlaps(_ other: LiveInterval) -> Bool {
    first <= other.last && other.first <= last
  }
}

/// Where each buffer stands in the arena.
public struct MemoryPlan: Sendable {
  /// The buffers.
  public let intervals: [LiveInterval]
  /// The offset of each buffer.
  public let offsets: [Int]
  /// The size of the arena.
  public let arenaByteCount: Int
  /// The largest sum of bytes alive in one step: no arena can be smaller.
  public let lowerBound: Int
  /// The step in which that many bytes are alive.
  public let peakStep: Int

  /// The arena's size over the lower bound; 1 is perfect.
  public var ratio: Double {
    lowerBound == 0 ? 1 : Double(arenaByteCount) / Double(lowerBound)
  }

  /// Positions of the buffers alive at the peak, largest first.
  public var aliveAtPeak: [Int] {
    intervals.indices
      .filter { intervals[$0].first <= peakStep && peakStep <= intervals[$0].last }
      .sorted { (intervals[$1].byteCount, $0) < (intervals[$0].byteCount, $1) }
  }

  /// Bytes alive in each of the first `count` steps.
  public func alive(in count: Int) -> [Int] {
    var change = [Int](repeating: 0, count: count + 1)
    for interval in intervals where interval.first < count {
      change[interval.first] += interval.byteCount
      change[min(interval.last + 1, count)] -= interval.byteCount
    }
    var alive = 0
    return change.prefix(count).map { change in
      alive += change
      return alive
    }
  }
}
