/// Copies a dense buffer: operand 0 to result 0.
public struct CopyKernel: Kernel {
  /// The size of both buffers.
  public let byteCount: Int
  private static let tileByteCount = 64 << 10

  /// A copy of `byteCount` bytes.
  public init(byteCount: Int) { self.byteCount = byteCount }

  /// The same for every type.
  public let name = "copy-bytes"

  /// One for every 64 kB.
  public var tiles: Int {
    max(1, (byteCount + CopyKernel.tileByteCount - 1) / CopyKernel.tileByteCount)
  }

  /// Copies bytes of `io[0]` to `io[1]`.
  public func run(tiles: Range<Int>, io: KernelIO) {
    let start = tiles.lowerBound * CopyKernel.tileByteCount
    let end = min(tiles.upperBound * CopyKernel.tileByteCount, byteCount)
    (io[1] + start).copyMemory(from: io[0] + start, byteCount: end - start)
  }
}
