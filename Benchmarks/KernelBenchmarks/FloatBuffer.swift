import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Floats with numbers between -1 and 1; large ones in huge pages where the system has them.
///
/// `@unchecked Sendable`: whoever measures gives each thread its own part.
final class FloatBuffer: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Float>
  let count: Int

  init(_ count: Int, seed: UInt64 = 1) {
    self.count = count
    let bytes = max(count, 1) * 4
    let huge = 2 << 20
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: bytes, alignment: bytes < huge ? 4096 : huge)
    #if os(Linux)
      if bytes >= huge { madvise(raw, bytes, Int32(MADV_HUGEPAGE)) }
    #endif
    pointer = raw.bindMemory(to: Float.self, capacity: max(count, 1))
    var state = seed
    for i in 0..<count {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      pointer[i] = Float(Int32(truncatingIfNeeded: state >> 32)) / Float(1 << 31)
    }
  }

  deinit { UnsafeMutableRawPointer(pointer).deallocate() }

  var readOnly: UnsafePointer<Float> { UnsafePointer(pointer) }

  /// Puts the upper halves of the floats side by side at the front: they are bf16 numbers.
  func roundToBF16() {
    let raw = UnsafeMutableRawPointer(pointer)
    for i in 0..<count {
      raw.storeBytes(
        of: UInt16(pointer[i].bitPattern >> 16), toByteOffset: 2 * i, as: UInt16.self)
    }
  }
}
