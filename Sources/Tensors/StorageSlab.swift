#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

/// Gives out blocks that live about equally long, one after the other in large chunks: a huge page
/// holds parts of several, and none is taken that they don't fill.
///
/// A chunk is freed with the last of its blocks.
public struct StorageSlab: Sendable {
  private var chunk: Storage?
  /// Bytes of the chunk that are given out.
  private var used = 0
  /// Bytes of the chunk that huge pages were asked for.
  private var advised = 0
  private var nextChunk = 4 << 20

  private static let largestChunk = 256 << 20

  /// A slab without chunks.
  public init() {}

  /// A block of `byteCount` bytes with any content, aligned as all storage.
  public mutating func take(_ byteCount: Int) throws(TensorError) -> Storage {
    guard byteCount >= 0, byteCount < Int.max - Storage.alignment else {
      throw .outOfMemory(bytes: byteCount)
    }
    let padded = (byteCount + Storage.alignment - 1) / Storage.alignment * Storage.alignment
    let chunk = try chunk(with: padded)
    defer { used += padded }
    return Storage(borrowing: chunk.base + used, byteCount: byteCount, from: chunk)
  }

  private mutating func chunk(with byteCount: Int) throws(TensorError) -> Storage {
    if let chunk, chunk.byteCount - used >= byteCount { return chunk }
    adviseHugePages()
    let made = try Storage(
      uninitializedByteCount: max(byteCount, nextChunk), asksForHugePages: false)
    nextChunk = min(2 * nextChunk, StorageSlab.largestChunk)
    (chunk, used, advised) = (made, 0, 0)
    return made
  }

  /// Asks for huge pages for the blocks given out so far: once their number is known, and before
  /// they are written. The end of the last block gets small ones.
  public mutating func adviseHugePages() {
    #if os(Linux)
      let whole = used / Storage.hugePageByteCount * Storage.hugePageByteCount
      guard let chunk, whole > advised else { return }
      madvise(chunk.base + advised, whole - advised, MADV_HUGEPAGE)
      advised = whole
    #endif
  }
}
