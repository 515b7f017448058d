/// What workers need of a plan, in flat arrays.
struct PlanLayout: Sendable {
  /// Steps between two barriers: one step of several tiles, or a chain of steps of one tile each,
  /// which one worker takes whole.
  struct Region: Sendable {
    var steps: Range<Int>
    /// What is claimed: the tiles of the one step, or 1 for a chain.
    var tiles: Int
    /// The first step after these whose kernel holds memory; nil: none.
    var nextHolder: Int?
  }

  private(set) var regions: [Region] = []
  /// The buffers of all steps: of each its operands, then its results.
  private(set) var buffers: [BufferReference] = []
  /// For each step, where its buffers begin.
  private(set) var firstBuffer: [Int] = []
  private(set) var tiles: [Int] = []
  private(set) var largestTileCount = 1
  /// Scratch of one worker: the largest of all steps, a multiple of the alignment.
  private(set) var scratchByteCount = 0

  init(_ steps: [Step]) {
    for (i, step) in steps.enumerated() {
      let tiles = step.kernel.tiles
      if tiles == 1, let last = regions.last, last.tiles == 1 {
        regions[regions.count - 1].steps = last.steps.lowerBound..<i + 1
      } else {
        regions.append(Region(steps: i..<i + 1, tiles: tiles))
      }
      self.tiles.append(tiles)
      firstBuffer.append(buffers.count)
      buffers += step.operands
      buffers += step.results
      largestTileCount = max(largestTileCount, tiles)
      scratchByteCount = max(scratchByteCount, step.kernel.scratchByteCount)
    }
    scratchByteCount = scratchByteCount.roundedUp(toMultipleOf: Plan.alignment)
    var holder: Int?
    for r in regions.indices.reversed() {
      regions[r].nextHolder = holder
      for i in regions[r].steps.reversed() where steps[i].kernel.firstHeldBytes(of: 0) != nil {
        holder = i
      }
    }
  }
}

extension Int {
  /// The next multiple of `unit`, a power of two; not for values near `Int.max`.
  func roundedUp(toMultipleOf unit: Int) -> Int { (self + unit - 1) & ~(unit - 1) }
}
