/// The element type of a tensor.
public enum DType: String, Sendable, Hashable, CaseIterable, CustomStringConvertible {
  /// IEEE 754 binary32.
  case f32
  /// IEEE 754 binary16.
  case f16
  /// bfloat16: the upper half of a binary32.
  case bf16
  /// 32-bit two's complement.
  case i32
  /// 64-bit two's complement.
  case i64
  /// One byte, 0 or 1.
  case bool

  /// Bytes that one element takes in memory.
  public var byteCount: Int {
    switch self {
    case .bool: 1
    case .f16, .bf16: 2
    case .f32, .i32: 4
    case .i64: 8
    }
  }

  /// Whether elements are real numbers.
  public var isFloatingPoint: Bool { self == .f32 || self == .f16 || self == .bf16 }

  /// Whether elements are signed integers.
  public var isInteger: Bool { self == .i32 || self == .i64 }

  public var description: String { rawValue }
}
