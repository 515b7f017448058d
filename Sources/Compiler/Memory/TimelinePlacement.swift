/// Offsets for buffers in the order in which they begin, each in the smallest gap that holds it, when
/// they are too many for the planner's orders to be tried.
///
/// Linear in the buffers but for the gaps between those that are alive.
struct TimelinePlacement {
  /// A part of the arena that nothing stands in.
  private struct Gap {
    var offset: Int
    var end: Int
  }

  private(set) var offsets: [Int]
  private(set) var size = 0
  private var gaps: [Gap] = []

  init(_ intervals: [LiveInterval]) {
    offsets = Array(repeating: 0, count: intervals.count)
    let begins = intervals.indices.sorted {
      (intervals[$0].first, $0) < (intervals[$1].first, $1)
    }
    let ends = intervals.indices.sorted { (intervals[$0].last, $0) < (intervals[$1].last, $1) }
    var ended = 0
    for i in begins {
      while ended < ends.count, intervals[ends[ended]].last < intervals[i].first {
        free(offsets[ends[ended]], intervals[ends[ended]].byteCount)
        ended += 1
      }
      offsets[i] = take(intervals[i].byteCount)
    }
  }

  private mutating func take(_ byteCount: Int) -> Int {
    var best: Int?
    for (i, gap) in gaps.enumerated() where gap.end - gap.offset >= byteCount {
      if best.map({ gap.end - gap.offset < gaps[$0].end - gaps[$0].offset }) ?? true { best = i }
    }
    if let best {
      let offset = gaps[best].offset
      gaps[best].offset += byteCount
      if gaps[best].offset == gaps[best].end { gaps.remove(at: best) }
      return offset
    }
    // A gap at the end grows.
    let offset = gaps.last.map { $0.end == size ? $0.offset : size } ?? size
    if offset < size { gaps.removeLast() }
    size = offset + byteCount
    return offset
  }

  private mutating func free(_ offset: Int, _ byteCount: Int) {
    guard byteCount > 0 else { return }
    var (low, high) = (0, gaps.count)
    while low < high {
      let middle = (low + high) / 2
      if gaps[middle].offset < offset { low = middle + 1 } else { high = middle }
    }
    var gap = Gap(offset: offset, end: offset + byteCount)
    if low < gaps.count, gaps[low].offset == gap.end {
      gap.end = gaps[low].end
      gaps.remove(at: low)
    }
    if low > 0, gaps[low - 1].end == gap.offset {
      gaps[low - 1].end = gap.end
    } else {
      gaps.insert(gap, at: low)
    }
  }
}
