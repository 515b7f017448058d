import Executor

/// Kernels on the same memory whose tiles are handed out together.
struct JoinedKernel: Kernel {
  let name: String
  private let parts: [any Kernel]
  /// The first tile of each part.
  private let starts: [Int]
  let tiles: Int
  let scratchByteCount: Int

  /// The kernels `parts`, of which there is at least one.
  init(_ parts: [any Kernel]) {
    precondition(!parts.isEmpty)
    self.parts = parts
    name = parts[0].name
    var starts: [Int] = []
    var next = 0
    for part in parts {
      starts.append(next)
      next += part.tiles
    }
    self.starts = starts
    tiles = next
    scratchByteCount = parts.map(\.scratchByteCount).max() ?? 0
  }

  func run(tiles: Range<Int>, io: KernelIO) {
    for (part, start) in zip(parts, starts) {
      let own = tiles.clamped(to: start..<start + part.tiles)
      if own.isEmpty { continue }
      part.run(tiles: own.lowerBound - start..<own.upperBound - start, io: io)
    }
  }
}
