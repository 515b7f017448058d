/// How a block of neighbouring reals is stored in few bits: ggml's formats, byte for byte.
///
/// `d` and `m` are f16. Formats of 256 have parts of 32 (q6_k: 16) with a scale of their own each,
/// which is itself a small integer times `d`. Cases are spelled as their names are everywhere else.
// swift-format-ignore: AlwaysUseLowerCamelCase
public enum BlockFormat: String, Sendable, Hashable, CaseIterable {
  /// 32 of d · q, q of 8 bits with a sign: d, then 32 bytes.
  case q8_0
  /// 32 of d · (q − 8), q of 4 bits: d, then 16 bytes, the second 16 elements in the upper halves.
  case q4_0
  /// 32 of d · q + m, q of 4 bits: d, m, then bytes as in q4_0.
  case q4_1
  /// 32 of d · (q − 16), q of 5 bits: d, 32 upper bits, then bytes as in q4_0.
  case q5_0
  /// 32 of d · q + m, q of 5 bits: d, m, 32 upper bits, then bytes as in q4_0.
  case q5_1
  /// 256 of d · s · q − m · t, q of 4 bits, s and t of 6 bits for each 32: d, m, 12 bytes of s and t,
  /// then 128 bytes.
  case q4_k
  /// 256 of d · s · q − m · t, q of 5 bits: d, m, 12 bytes of s and t, 32 bytes of upper bits, then
  /// 128 bytes.
  case q5_k
  /// 256 of d · s · (q − 32), q of 6 bits, s of 8 with a sign for each 16: 128 bytes of lower halves,
  /// 64 of two upper bits, 16 of s, then d.
  case q6_k

  /// Reals that a block stands for: 32 or 256.
  public var elementsPerBlock: Int {
    switch self {
    case .q8_0, .q4_0, .q4_1, .q5_0, .q5_1: 32
    case .q4_k, .q5_k, .q6_k: 256
    }
  }

  /// Bytes of a block.
  public var bytesPerBlock: Int {
    switch self {
    case .q8_0: 34
    case .q4_0: 18
    case .q4_1: 20
    case .q5_0: 22
    case .q5_1: 24
    case .q4_k: 144
    case .q5_k: 176
    case .q6_k: 210
    }
  }

  /// Bits that a real takes: 8.5 for q8_0.
  public var bitsPerElement: Double {
    Double(8 * bytesPerBlock) / Double(elementsPerBlock)
  }
}
