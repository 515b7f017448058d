import Tensors

/// An element type of GGUF's tensors: ggml's number, its name, and the size of its blocks.
public struct GGUFTensorType: Sendable, Hashable, CustomStringConvertible {
  /// What Weft has for a type.
  enum Form: Sendable, Hashable {
    case dense(DType)
    case blocks(BlockFormat)
    /// A type that Weft knows the size of, and doesn't read.
    case foreign
  }

  /// ggml's number.
  public let code: UInt32
  /// ggml's name: `F32`, `Q4_K`.
  public let name: String
  let elementsPerBlock: Int
  let bytesPerBlock: Int
  let form: Form

  private init(
    _ code: UInt32, _ name: String, _ elements: Int, _ bytes: Int, _ form: Form = .foreign
  ) {
    self.code = code
    self.name = name
    elementsPerBlock = elements
    bytesPerBlock = bytes
    self.form = form
  }

  private init(_ code: UInt32, _ name: String, _ format: BlockFormat) {
    self.init(code, name, format.elementsPerBlock, format.bytesPerBlock, .blocks(format))
  }

  private init(_ code: UInt32, _ name: String, _ dtype: DType) {
    self.init(code, name, 1, dtype.byteCount, .dense(dtype))
  }

  /// The types that there are, by ggml's numbers; numbers left out were given up.
  static let all = [
    GGUFTensorType(0, "F32", .f32), GGUFTensorType(1, "F16", .f16),
    GGUFTensorType(2, "Q4_0", .q4_0), GGUFTensorType(3, "Q4_1", .q4_1),
    GGUFTensorType(6, "Q5_0", .q5_0), GGUFTensorType(7, "Q5_1", .q5_1),
    GGUFTensorType(8, "Q8_0", .q8_0), GGUFTensorType(9, "Q8_1", 32, 40),
    GGUFTensorType(10, "Q2_K", 256, 84), GGUFTensorType(11, "Q3_K", 256, 110),
    GGUFTensorType(12, "Q4_K", .q4_k), GGUFTensorType(13, "Q5_K", .q5_k),
    GGUFTensorType(14, "Q6_K", .q6_k), GGUFTensorType(15, "Q8_K", 256, 292),
    GGUFTensorType(16, "IQ2_XXS", 256, 66), GGUFTensorType(17, "IQ2_XS", 256, 74),
    GGUFTensorType(18, "IQ3_XXS", 256, 98), GGUFTensorType(19, "IQ1_S", 256, 50),
    GGUFTensorType(20, "IQ4_NL", 32, 18), GGUFTensorType(21, "IQ3_S", 256, 110),
    GGUFTensorType(22, "IQ2_S", 256, 82), GGUFTensorType(23, "IQ4_XS", 256, 136),
    GGUFTensorType(24, "I8", 1, 1), GGUFTensorType(25, "I16", 1, 2),
    GGUFTensorType(26, "I32", .i32), GGUFTensorType(27, "I64", .i64),
    GGUFTensorType(28, "F64", 1, 8), GGUFTensorType(29, "IQ1_M", 256, 56),
    GGUFTensorType(30, "BF16", .bf16), GGUFTensorType(34, "TQ1_0", 256, 54),
    GGUFTensorType(35, "TQ2_0", 256, 66), GGUFTensorType(39, "MXFP4", 32, 17),
    GGUFTensorType(40, "NVFP4", 64, 36),
  ]

  private static let byCode = Dictionary(uniqueKeysWithValues: all.map { ($0.code, $0) })

  /// The type of ggml's number, or nil.
  init?(code: UInt32) {
    guard let type = GGUFTensorType.byCode[code] else { return nil }
    self = type
  }

  /// The type of blocks of `format`.
  init(_ format: BlockFormat) { self = GGUFTensorType.all.first { $0.form == .blocks(format) }! }

  /// The type of elements, or nil where GGUF has none (bool).
  init?(_ dtype: DType) {
    guard let type = GGUFTensorType.all.first(where: { $0.form == .dense(dtype) }) else {
      return nil
    }
    self = type
  }

  /// Whether Weft reads it.
  public var isSupported: Bool { form != .foreign }

  /// The element type, or nil where it isn't one of Weft's (blocks have none).
  public var dtype: DType? { if case .dense(let dtype) = form { dtype } else { nil } }

  /// The format of its blocks, or nil.
  public var format: BlockFormat? { if case .blocks(let format) = form { format } else { nil } }

  /// The name.
  public var description: String { name }

  /// Bytes that a tensor takes, `dims` outermost first; nil where they can't be counted.
  func byteCount(_ dims: [Int]) -> Int? {
    // A zero extent makes the product small, however large the others are.
    var blocks = 1
    let innermost = (dims.last ?? 1) / elementsPerBlock
    for dim in (dims.dropLast() + [innermost]).sorted() {
      let (product, overflow) = blocks.multipliedReportingOverflow(by: dim)
      if overflow { return nil }
      blocks = product
    }
    let (bytes, overflow) = blocks.multipliedReportingOverflow(by: bytesPerBlock)
    return overflow ? nil : bytes
  }
}
