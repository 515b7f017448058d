import Tensors

/// Elements as kernels in Swift read and write them.
enum ElementAccess {
  /// Calls `body` with a reader of the reals at `x`; false where they are integers.
  @inline(__always)
  static func withReals(
    _ dtype: DType, _ x: UnsafeMutableRawPointer, _ body: ((Int) -> Double) -> Void
  ) -> Bool {
    switch dtype {
    case .f32:
      let x = x.assumingMemoryBound(to: Float.self)
      body { Double(x[$0]) }
    case .f16:
      let x = x.assumingMemoryBound(to: UInt16.self)
      body { Double(HalfPrecision.float(fromBinary16: x[$0])) }
    case .bf16:
      let x = x.assumingMemoryBound(to: UInt16.self)
      body { Double(HalfPrecision.float(fromBFloat16: x[$0])) }
    default: return false
    }
    return true
  }

  /// Calls `body` with a reader of the integers at `x`.
  @inline(__always)
  static func withIntegers(
    _ dtype: DType, _ x: UnsafeMutableRawPointer, _ body: ((Int) -> Int) -> Void
  ) {
    switch dtype {
    case .i32:
      let x = x.assumingMemoryBound(to: Int32.self)
      body { Int(x[$0]) }
    case .i64:
      let x = x.assumingMemoryBound(to: Int64.self)
      body { Int(x[$0]) }
    default:
      let x = x.assumingMemoryBound(to: UInt8.self)
      body { x[$0] == 0 ? 0 : 1 }
    }
  }

  /// Writes a real, rounded.
  @inline(__always)
  static func store(_ value: Double, _ dtype: DType, _ out: UnsafeMutableRawPointer, _ i: Int) {
    switch dtype {
    case .f16:
      out.assumingMemoryBound(to: UInt16.self)[i] = HalfPrecision.binary16(value)
    case .bf16:
      out.assumingMemoryBound(to: UInt16.self)[i] = HalfPrecision.bfloat16(value)
    default: out.assumingMemoryBound(to: Float.self)[i] = Float(value)
    }
  }

  /// Writes an integer, wrapped.
  @inline(__always)
  static func store(_ value: Int, _ dtype: DType, _ out: UnsafeMutableRawPointer, _ i: Int) {
    if dtype == .i32 {
      out.assumingMemoryBound(to: Int32.self)[i] = Int32(truncatingIfNeeded: value)
    } else {
      out.assumingMemoryBound(to: Int64.self)[i] = Int64(value)
    }
  }
}
