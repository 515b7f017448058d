import Tensors

/// One tensor of a safetensors file, as the header has it.
public struct SafetensorsEntry: Sendable, Hashable {
  /// The tensor's name.
  public let name: String
  /// The element type's name in the file: `F32`, `U8`.
  public let typeName: String
  /// The extents, outermost first.
  public let dims: [Int]
  /// Where the elements stand in the file's data, in bytes.
  public let bytes: Range<Int>

  /// The element types that Weft computes with.
  static let supported: [(name: String, dtype: DType)] = [
    ("F32", .f32), ("F16", .f16), ("BF16", .bf16), ("I32", .i32), ("I64", .i64), ("BOOL", .bool),
  ]

  /// NumPy's and PyTorch's tensors have no more axes.
  private static let maximumAxes = 64

  /// Bits of an element of each type that the format has.
  private static let bits: [String: Int] = [
    "BOOL": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8,
    "F8_E8M0": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "F32": 32,
    "C64": 64, "F64": 64, "I64": 64, "U64": 64,
  ]

  /// The element type, or nil where Weft doesn't compute with it.
  public var dtype: DType? {
    SafetensorsEntry.supported.first { $0.name == typeName }?.dtype
  }

  /// The type, or nil where Weft doesn't compute with it.
  public var type: TensorType? { dtype.map { TensorType($0, Shape(dims)) } }

  /// Reads `{"dtype": …, "shape": […], "data_offsets": [begin, end]}` and checks the sizes.
  init(_ name: String, _ field: JSONField, dataLength: Int) throws(SafetensorsFault) {
    let offsets: [Int]
    do throws(JSONFieldError) {
      typeName = try field.required("dtype", "an element type").string()
      let extents = try field.required("shape", "an array of extents").elements()
      dims = try extents.map { field throws(JSONFieldError) in
        try field.integer(in: 0...Int.max)
      }
      let pair = try field.required("data_offsets", "[begin, end]")
      offsets = try pair.elements().map { field throws(JSONFieldError) in
        try field.integer(in: 0...Int.max)
      }
      guard offsets.count == 2 else { throw pair.error(expected: "[begin, end]") }
      guard SafetensorsEntry.bits[typeName] != nil else {
        throw try field.required("dtype", "an element type").error(
          expected: "one of: " + SafetensorsEntry.bits.keys.sorted().joined(separator: ", "))
      }
    } catch {
      throw .field(error)
    }
    guard dims.count <= SafetensorsEntry.maximumAxes else {
      throw .axes(name: name, count: dims.count, limit: SafetensorsEntry.maximumAxes)
    }
    self.name = name
    let (begin, end) = (offsets[0], offsets[1])
    guard begin <= end, end <= dataLength else {
      throw .offsets(name: name, begin: begin, end: end, dataLength: dataLength)
    }
    bytes = begin..<end
    var bits = SafetensorsEntry.bits[typeName] ?? 0
    // A zero extent makes the product small, however large the others are.
    for dim in dims.sorted() {
      let (product, overflow) = bits.multipliedReportingOverflow(by: dim)
      if overflow { throw .tooLarge(name: name, type: typeName, dims: dims) }
      bits = product
    }
    let (expected, rest) = bits.quotientAndRemainder(dividingBy: 8)
    guard rest == 0, expected == end - begin else {
      throw .size(
        name: name, type: typeName, dims: dims, expected: expected + min(rest, 1),
        found: end - begin)
    }
  }
}
