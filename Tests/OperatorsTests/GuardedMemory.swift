import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

/// Memory that ends just before a page that nobody may touch: reading past the end crashes.
///
/// `@unchecked Sendable`: used by one test at a time.
final class GuardedMemory: @unchecked Sendable {
  /// The first usable byte.
  let base: UnsafeMutableRawPointer
  let byteCount: Int
  private let mapping: UnsafeMutableRawPointer
  private let mappedBytes: Int

  /// Bytes before `base` that must not change.
  static let canaryBytes = 256
  private static let canary: UInt8 = 0xA5

  init(byteCount: Int, fill: UInt8 = 0xFF) {
    let page = 16384
    self.byteCount = byteCount
    let usable = (byteCount + Self.canaryBytes + page - 1) / page * page
    mappedBytes = usable + page
    guard
      let mapping = mmap(
        nil, mappedBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      mapping != MAP_FAILED, mprotect(mapping + usable, page, PROT_NONE) == 0
    else { fatalError("no memory for a test") }
    self.mapping = mapping
    base = mapping + usable - byteCount
    memset(base - Self.canaryBytes, Int32(Self.canary), Self.canaryBytes)
    memset(base, Int32(fill), byteCount)
  }

  /// A copy of `tensor`'s elements.
  convenience init(_ tensor: Tensor) {
    self.init(byteCount: tensor.byteCount)
    tensor.withUnsafeBytes { bytes in
      if let from = bytes.baseAddress { base.copyMemory(from: from, byteCount: bytes.count) }
    }
  }

  deinit { munmap(mapping, mappedBytes) }

  /// The bytes as they are now.
  var bytes: [UInt8] { Array(UnsafeRawBufferPointer(start: base, count: byteCount)) }

  /// Whether nobody wrote before the first byte.
  var isIntact: Bool {
    UnsafeRawBufferPointer(start: base - Self.canaryBytes, count: Self.canaryBytes)
      .allSatisfy { $0 == Self.canary }
  }
}
