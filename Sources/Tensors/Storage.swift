#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

/// A block of memory that tensors share: owned and aligned, or lent by something that keeps it alive.
///
/// `@unchecked Sendable`: the pointer never changes, and the bytes are written only while one owner
/// holds the storage (creation, or a run that was given it as an output); later it is read only.
public final class Storage: @unchecked Sendable {
  /// Owned blocks start at a multiple of this many bytes: a cache line and an AVX-512 register.
  public static let alignment = 64
  static let hugePageByteCount = 2 << 20

  /// The first byte.
  public var base: UnsafeMutableRawPointer {
    @inline(__always) get {
      if let rows = unread { rows.write(to: address) }
      return address
    }
  }
  private let address: UnsafeMutableRawPointer
  /// What stands here as soon as somebody asks for ``base``.
  private let unread: UnreadRows?
  /// The size in bytes.
  public let byteCount: Int
  /// Whether the system reads pages that were dropped again: a mapped file that nobody writes to.
  public let isReloadable: Bool
  private let release: @Sendable (UnsafeMutableRawPointer) -> Void

  /// Takes `byteCount` zeroed bytes.
  public convenience init(byteCount: Int) throws(TensorError) {
    try self.init(uninitializedByteCount: byteCount)
    memset(base, 0, byteCount)
  }

  /// Takes `byteCount` zeroed bytes, of which pages take memory only once they are touched.
  public convenience init(zeroPages byteCount: Int) throws(TensorError) {
    guard byteCount > 0 else {
      try self.init(byteCount: byteCount)
      return
    }
    let mapped = mmap(
      nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let mapped, mapped != MAP_FAILED else { throw .outOfMemory(bytes: byteCount) }
    self.init(owning: mapped, byteCount: byteCount) { munmap($0, byteCount) }
  }

  /// Owns `byteCount` bytes at `base`, which `release` gives back.
  private init(
    owning base: UnsafeMutableRawPointer, byteCount: Int,
    release: @escaping @Sendable (UnsafeMutableRawPointer) -> Void
  ) {
    address = base
    unread = nil
    self.byteCount = byteCount
    isReloadable = false
    self.release = release
  }

  /// Takes `byteCount` bytes with any content, for an owner that writes each before it is read.
  ///
  /// Large blocks start at a huge page's boundary and ask for huge pages: with them, two threads
  /// read 27-32 GB/s of memory on a Xeon of 2023, without them a third less.
  public convenience init(uninitializedByteCount byteCount: Int) throws(TensorError) {
    try self.init(uninitializedByteCount: byteCount, asksForHugePages: true)
  }

  /// As above; without huge pages, what isn't touched takes no memory.
  init(uninitializedByteCount byteCount: Int, asksForHugePages: Bool) throws(TensorError) {
    guard byteCount >= 0 else { throw .outOfMemory(bytes: byteCount) }
    let isLarge = byteCount >= Storage.hugePageByteCount
    var pointer: UnsafeMutableRawPointer?
    let alignment = isLarge ? Storage.hugePageByteCount : Storage.alignment
    guard posix_memalign(&pointer, alignment, max(byteCount, 1)) == 0, let pointer else {
      throw .outOfMemory(bytes: byteCount)
    }
    #if os(Linux)
      if isLarge, asksForHugePages { madvise(pointer, byteCount, MADV_HUGEPAGE) }
    #endif
    address = pointer
    unread = nil
    self.byteCount = byteCount
    isReloadable = false
    release = { free($0) }
  }

  /// Borrows memory that `keeper` keeps alive and unchanged, such as a mapped file.
  ///
  /// - Parameter isReloadable: whether it is the mapping of a file that nobody writes to.
  public init(
    borrowing base: UnsafeMutableRawPointer, byteCount: Int, from keeper: any AnyObject & Sendable,
    isReloadable: Bool = false
  ) {
    address = base
    unread = nil
    self.byteCount = byteCount
    self.isReloadable = isReloadable
    release = { _ in withExtendedLifetime(keeper) {} }
  }

  /// Takes memory for `rows`, which are copied when somebody asks for ``base``, not before.
  public init(_ rows: ReorderedRows) throws(TensorError) {
    let byteCount = rows.bytes.count
    let memory = try Storage(uninitializedByteCount: byteCount, asksForHugePages: false)
    address = memory.address
    unread = UnreadRows(rows)
    self.byteCount = byteCount
    isReloadable = false
    release = { _ in withExtendedLifetime(memory) {} }
  }

  /// Whether the byte at `offset` stands at a multiple of `unit`.
  func isAligned(_ offset: Int, to unit: Int) -> Bool {
    (Int(bitPattern: address) + offset) % unit == 0
  }

  /// The rows that stand here, for who reads them where they are.
  public var reordered: ReorderedRows? { unread?.rows }

  deinit { release(address) }
}
