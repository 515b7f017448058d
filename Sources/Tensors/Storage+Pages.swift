#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

extension Storage {
  private static let pageByteCount = max(1, Int(sysconf(Int32(_SC_PAGESIZE))))

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

extension Tensor {
  /// Drops the pages that hold nothing but this tensor, where it is a view of a mapped file.
  public func dropPages() { storage.dropPages(byteOffset..<byteOffset + byteCount) }
}
