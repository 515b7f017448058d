/// Gives buffers offsets in one arena, so that no two that are alive together overlap.
///
/// The problem (dynamic storage allocation) is NP-hard. Several greedy orders are tried, each buffer
/// put into the smallest gap that holds it (Pisarchyk and Lee, "Efficient Memory Management for Deep
/// Neural Net Inference", 2020); where the best is over the lower bound, a short search changes its
/// order. Deterministic.
public enum MemoryPlanner {
  /// Buffer placements that the search may try in all.
  private static let searchBudget = 60_000
  /// Pairs of buffers that are alive together, above which no orders are tried: a graph whose values
  /// all live to its end would take the square of their number in memory, and the cube in time.
  private static let mostPairs = 4_000_000

  /// A plan for `intervals`.
  ///
  /// - Complexity: for each order tried O(n·k²), where k buffers are alive together with one; the
  ///   search stops after a fixed number of placements.
  public static func plan(_ intervals: [LiveInterval]) -> MemoryPlan {
    let (bound, peak) = lowerBound(intervals)
    guard pairs(intervals) <= mostPairs else {
      let placement = TimelinePlacement(intervals)
      return MemoryPlan(
        intervals: intervals, offsets: placement.offsets, arenaByteCount: placement.size,
        lowerBound: bound, peakStep: peak)
    }
    let overlaps = Overlaps(intervals)
    var best = Placement(intervals, overlaps, order: Array(intervals.indices))
    for order in orders(intervals) where best.size > bound {
      let placement = Placement(intervals, overlaps, order: order)
      if placement.size < best.size { best = placement }
    }
    best = improve(best, intervals, overlaps, bound)
    return MemoryPlan(
      intervals: intervals, offsets: best.offsets, arenaByteCount: best.size, lowerBound: bound,
      peakStep: peak)
  }

  /// How many pairs of buffers are alive together.
  private static func pairs(_ intervals: [LiveInterval]) -> Int {
    let firsts = intervals.map(\.first).sorted()
    let lasts = intervals.map(\.last).sorted()
    var (pairs, ended) = (0, 0)
    for (begun, first) in firsts.enumerated() {
      while lasts[ended] < first { ended += 1 }
      pairs += begun - ended
    }
    return pairs
  }

  /// The largest sum of bytes alive at once, and its step.
  static func lowerBound(_ intervals: [LiveInterval]) -> (bytes: Int, step: Int) {
    guard let end = intervals.map(\.last).max() else { return (0, 0) }
    var change = [Int](repeating: 0, count: end + 2)
    for interval in intervals {
      change[interval.first] += interval.byteCount
      change[interval.last + 1] -= interval.byteCount
    }
    var (alive, most, peak) = (0, 0, 0)
    for step in 0...end {
      alive += change[step]
      if alive > most { (most, peak) = (alive, step) }
    }
    return (most, peak)
  }

  /// The orders in which buffers are placed: large ones, ones that block much, early ones, and those
  /// of crowded steps first.
  private static func orders(_ intervals: [LiveInterval]) -> [[Int]] {
    func sorted(_ key: (LiveInterval) -> Int) -> [Int] {
      let keys = intervals.map(key)
      return intervals.indices.sorted { (keys[$1], $0) < (keys[$0], $1) }
    }
    return [
      sorted(\.byteCount),
      sorted { $0.byteCount / 64 * ($0.last - $0.first + 1) },
      sorted { $0.last - $0.first },
      sorted { -$0.first },
      byBreadth(intervals),
    ]
  }

  /// Buffers of the step with most bytes alive first, largest first; then of the next.
  private static func byBreadth(_ intervals: [LiveInterval]) -> [Int] {
    guard let end = intervals.map(\.last).max() else { return [] }
    var breadth = [Int](repeating: 0, count: end + 1)
    var alive = [[Int]](repeating: [], count: end + 1)
    for (i, interval) in intervals.enumerated() {
      for step in interval.first...interval.last {
        breadth[step] += interval.byteCount
        alive[step].append(i)
      }
    }
    var order: [Int] = []
    var taken = [Bool](repeating: false, count: intervals.count)
    for step in breadth.indices.sorted(by: { (breadth[$1], $0) < (breadth[$0], $1) }) {
      let members = alive[step].sorted {
        (intervals[$1].byteCount, $0) < (intervals[$0].byteCount, $1)
      }
      for i in members where !taken[i] {
        taken[i] = true
        order.append(i)
      }
    }
    return order
  }

  /// Moves buffers that reach the arena's end to an earlier place in the order, as long as that
  /// helps and the budget lasts.
  private static func improve(
    _ start: Placement, _ intervals: [LiveInterval], _ overlaps: Overlaps, _ bound: Int
  ) -> Placement {
    var best = start
    var left = searchBudget
    var state: UInt64 = 0x9e37_79b9_7f4a_7c15
    while best.size > bound, left > 0, intervals.count > 1 {
      left -= intervals.count
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let random = Int(state >> 33)
      let highest = best.order.filter {
        best.offsets[$0] + intervals[$0].byteCount == best.size
      }
      guard let moved = highest.randomMember(random),
        let at = best.order.firstIndex(of: moved)
      else { break }
      var order = best.order
      order.remove(at: at)
      order.insert(moved, at: at == 0 ? random % order.count : random % at)
      let placement = Placement(intervals, overlaps, order: order)
      if placement.size <= best.size { best = placement }
    }
    return best
  }
}

/// For each buffer, those that are alive together with it: few, in a graph that is a chain of layers.
private struct Overlaps {
  private var starts: [Int] = [0]
  private var members: [Int] = []

  init(_ intervals: [LiveInterval]) {
    let byFirst = intervals.indices.sorted {
      (intervals[$0].first, $0) < (intervals[$1].first, $1)
    }
    var lists = [[Int]](repeating: [], count: intervals.count)
    var alive: [Int] = []
    for i in byFirst {
      alive.removeAll { intervals[$0].last < intervals[i].first }
      for other in alive {
        lists[i].append(other)
        lists[other].append(i)
      }
      alive.append(i)
    }
    for list in lists {
      members += list
      starts.append(members.count)
    }
  }

  subscript(i: Int) -> ArraySlice<Int> { members[starts[i]..<starts[i + 1]] }
}

/// Offsets that result from placing buffers in one order.
private struct Placement {
  let order: [Int]
  var offsets: [Int]
  var size = 0

  init(_ intervals: [LiveInterval], _ overlaps: Overlaps, order: [Int]) {
    self.order = order
    // What isn't placed yet has no offset.
    offsets = Array(repeating: -1, count: intervals.count)
    var placed: [Int] = []
    for i in order {
      placed.removeAll(keepingCapacity: true)
      for other in overlaps[i] where offsets[other] >= 0 {
        var at = placed.count
        while at > 0, offsets[placed[at - 1]] > offsets[other] { at -= 1 }
        placed.insert(other, at: at)
      }
      let byteCount = intervals[i].byteCount
      var (end, offset, gap) = (0, -1, Int.max)
      for other in placed {
        let room = offsets[other] - end
        if room >= byteCount, room < gap { (offset, gap) = (end, room) }
        end = max(end, offsets[other] + intervals[other].byteCount)
      }
      offsets[i] = offset >= 0 ? offset : end
      size = max(size, offsets[i] + byteCount)
    }
  }
}

extension Array {
  /// The member at `number` modulo the count.
  fileprivate func randomMember(_ number: Int) -> Element? {
    isEmpty ? nil : self[number % count]
  }
}
