import Executor
import Foundation
import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Memory for measuring bandwidth: larger than the caches, smaller than what is free.
enum ProbeMemory {
  /// A block of at most `byteCount` bytes, every page touched, in huge pages where the system has
  /// them: with small ones the walk through the page tables is measured, too.
  static func storage(byteCount: Int) throws(TensorError) -> Storage {
    let size = max(1 << 20, min(byteCount, (availableByteCount ?? .max) / 4, groupByteCount / 4))
    let huge = 2 << 20
    var pointer: UnsafeMutableRawPointer?
    guard posix_memalign(&pointer, huge, size) == 0, let pointer else {
      throw .outOfMemory(bytes: size)
    }
    #if os(Linux)
      madvise(pointer, size, Int32(MADV_HUGEPAGE))
    #endif
    memset(pointer, 0, size)
    return Storage(borrowing: pointer, byteCount: size, from: Block(pointer: pointer))
  }

  /// Frees a block when nothing uses it any more.
  ///
  /// `@unchecked Sendable`: only frees.
  private final class Block: @unchecked Sendable {
    private let pointer: UnsafeMutableRawPointer

    init(pointer: UnsafeMutableRawPointer) { self.pointer = pointer }

    deinit { free(pointer) }
  }

  /// What a control group leaves to this process beside what it has taken.
  private static var groupByteCount: Int {
    guard let limit = ControlGroup.memoryLimit() else { return .max }
    return max(0, limit - (PeakResident.byteCount ?? 0))
  }

  /// What the system would give without swapping, where it says so.
  private static var availableByteCount: Int? {
    guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8) else {
      return nil
    }
    let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
    let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    return kibibytes.flatMap { $0 < 1 << 50 ? $0 * 1024 : nil }
  }
}
