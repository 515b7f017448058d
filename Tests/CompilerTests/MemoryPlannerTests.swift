import Testing

@testable import Compiler

@Suite struct `Memory plans` {
  @Test(arguments: 0..<60)
  func `no two live buffers overlap`(seed: Int) {
    var random = Generator(seed: seed)
    let count = 1 + random.next(seed < 50 ? 80 : 400)
    let intervals = (0..<count).map { _ in
      let first = random.next(100)
      return LiveInterval(
        byteCount: random.next(5) == 0 ? random.next(1 << 20) : 64 * random.next(64), first: first,
        last: first + random.next(random.next(4) == 0 ? 60 : 6))
    }
    let plan = MemoryPlanner.plan(intervals)
    #expect(plan.arenaByteCount >= plan.lowerBound)
    #expect(plan.offsets.allSatisfy { $0 % 64 == 0 && $0 >= 0 })
    for i in intervals.indices {
      #expect(plan.offsets[i] + intervals[i].byteCount <= plan.arenaByteCount)
      for j in 0..<i where intervals[i].overlaps(intervals[j]) {
        let (a, b) = (plan.offsets[i], plan.offsets[j])
        let isApart = a + intervals[i].byteCount <= b || b + intervals[j].byteCount <= a
        #expect(isApart || intervals[i].byteCount == 0 || intervals[j].byteCount == 0)
      }
    }
    #expect(plan.ratio <= 1.15, "\(count) buffers: \(plan.ratio)")
  }

  @Test func `a chain needs two buffers`() {
    let plan = MemoryPlanner.plan(
      (0..<50).map { LiveInterval(byteCount: 100, first: $0, last: $0 + 1) })
    #expect(plan.arenaByteCount == 256)
    #expect(plan.lowerBound == 256)
    #expect(plan.ratio == 1)
  }

  @Test func `buffers alive at the peak are listed, largest first`() {
    let plan = MemoryPlanner.plan([
      LiveInterval(byteCount: 64, first: 0, last: 9),
      LiveInterval(byteCount: 640, first: 0, last: 1),
      LiveInterval(byteCount: 6400, first: 4, last: 5),
      LiveInterval(byteCount: 1, first: 5, last: 6),
    ])
    #expect(plan.peakStep == 5)
    #expect(plan.aliveAtPeak == [2, 0, 3])
    #expect(plan.lowerBound == 6400 + 64 + 64)
  }

  @Test func `nothing to plan takes nothing`() {
    #expect(MemoryPlanner.plan([]).arenaByteCount == 0)
  }

  /// Too many pairs for orders to be tried.
  @Test func `buffers that all live to the end stand one after the other`() {
    let intervals = (0..<20_000).map {
      LiveInterval(byteCount: 64 * (1 + $0 % 5), first: $0, last: 20_000)
    }
    let plan = MemoryPlanner.plan(intervals)
    #expect(plan.arenaByteCount == plan.lowerBound)
  }

  @Test(arguments: 0..<20)
  func `no two live buffers overlap where they are placed by time`(seed: Int) {
    var random = Generator(seed: seed)
    let intervals = (0..<200).map { _ in
      let first = random.next(60)
      return LiveInterval(
        byteCount: 64 * random.next(9), first: first, last: first + random.next(20))
    }
    let placement = TimelinePlacement(intervals)
    for (i, a) in intervals.enumerated() {
      #expect(placement.offsets[i] + a.byteCount <= placement.size)
      // What has no bytes is in nobody's way.
      for (j, b) in intervals.enumerated()
      where j < i && a.overlaps(b) && min(a.byteCount, b.byteCount) > 0 {
        let (x, y) = (placement.offsets[i], placement.offsets[j])
        #expect(x + a.byteCount <= y || y + b.byteCount <= x)
      }
    }
  }

  @Test func `thousands of buffers are planned in time`() {
    var random = Generator(seed: 5)
    let intervals = (0..<4000).map { i in
      LiveInterval(byteCount: 64 * (1 + random.next(1000)), first: i, last: i + 1 + random.next(8))
    }
    let clock = ContinuousClock()
    let time = clock.measure { _ = MemoryPlanner.plan(intervals) }
    #expect(time < .seconds(20))
  }
}

/// Numbers that are the same in every run.
struct Generator {
  private var state: UInt64
  init(seed: Int) { state = UInt64(bitPattern: Int64(seed)) &* 0x9e37_79b9_7f4a_7c15 &+ 1 }

  mutating func next(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % max(bound, 1)
  }
}
