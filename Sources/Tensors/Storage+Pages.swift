#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

extension Storage {
  /// Bytes of a page of memory.
  public static let pageByteCount = max(1, Int(sysconf(Int32(_SC_PAGESIZE))))

  /// Drops the whole pages between two offsets from the process's memory, where they are a mapped
  /// file's: whoever reads them later gets them from the system again, the same.
  ///
  /// A weight that was packed stands in memory once so, and not twice. Other memory stays.
  public func dropPages(_ range: Range<Int>) {
    guard isReloadable, range.lowerBound >= 0, range.upperBound <= byteCount else { return }
    let page = Storage.pageByteCount
    let first = Int(bitPattern: base) + range.lowerBound
    let end = (Int(bitPattern: base) + range.upperBound) / page * page
    let start = (first + page - 1) / page * page
    guard start < end, let pointer = UnsafeMutableRawPointer(bitPattern: start) else { return }
    madvise(pointer, end - start, MADV_DONTNEED)
  }
}

/// A part of a block of memory.
public struct StorageRange: Sendable {
  /// The block.
  public let storage: Storage
  /// The part, in bytes from the block's first.
  public let bytes: Range<Int>

  /// Rows that stand elsewhere in another order count where they stand, all of them.
  private init(_ storage: Storage, _ bytes: Range<Int>) {
    self.storage = storage.reordered?.source ?? storage
    self.bytes = storage.reordered?.bytes ?? bytes
  }

  /// Where the elements of `tensor` stand.
  public init(_ tensor: Tensor) {
    self.init(tensor.storage, tensor.byteOffset..<tensor.byteOffset + tensor.byteCount)
  }

  /// Where the integers of `matrix` stand.
  public init(_ matrix: Int8Matrix) {
    self.init(
      matrix.storage, matrix.byteOffset..<matrix.byteOffset + matrix.rows * matrix.columns)
  }

  /// Where the blocks of `matrix` stand.
  public init(_ matrix: BlockMatrix) {
    self.init(matrix.storage, matrix.byteOffset..<matrix.byteOffset + matrix.byteCount)
  }

  /// Part `i` of `count` of about equal size.
  public func part(_ i: Int, of count: Int) -> StorageRange {
    let start = bytes.lowerBound + bytes.count / count * i
    let end = i == count - 1 ? bytes.upperBound : start + bytes.count / count
    return StorageRange(storage, start..<end)
  }

  /// Lets the pages go that hold nothing else, where they are a mapped file's.
  public func dropPages() { storage.dropPages(bytes) }
}

extension Tensor {
  /// Drops the pages that hold nothing but this tensor, where it is a view of a mapped file.
  public func dropPages() { storage.dropPages(byteOffset..<byteOffset + byteCount) }
}
