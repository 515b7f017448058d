/// One tensor of a GGUF file, as its header has it.
public struct GGUFEntry: Sendable, Hashable {
  /// The tensor's name.
  public let name: String
  /// The element type.
  public let type: GGUFTensorType
  /// The extents, outermost first: rows, then columns. The file has them the other way round.
  public let dims: [Int]
  /// Where the elements stand in the file's data section, in bytes.
  public let bytes: Range<Int>

  /// ggml has no more axes.
  private static let maximumAxes = 4
  /// The fewest bytes that an entry takes.
  static let minimumByteCount = 24

  /// What the header says, before the size of the data section is known.
  struct Unplaced {
    let name: String
    let type: GGUFTensorType
    let dims: [Int]
    let offset: UInt64

    init(_ cursor: inout GGUFCursor) throws(GGUFFault) {
      name = try cursor.string("a tensor's name")
      let axes = try cursor.integer(UInt32.self, "the axes of \(name.quotedForMessage)")
      guard axes <= UInt32(maximumAxes) else {
        throw .axes(name: name, count: axes, limit: maximumAxes)
      }
      var extents: [UInt64] = []
      for _ in 0..<axes {
        extents.append(try cursor.integer(UInt64.self, "the extents of \(name.quotedForMessage)"))
      }
      let code = try cursor.integer(UInt32.self, "the type of \(name.quotedForMessage)")
      guard let type = GGUFTensorType(code: code) else {
        throw .tensorType(name: name, code: code)
      }
      self.type = type
      dims = extents.reversed().map { Int(clamping: $0) }
      offset = try cursor.integer(UInt64.self, "the offset of \(name.quotedForMessage)")
    }
  }

  /// Checks where the tensor stands.
  init(_ entry: Unplaced, alignment: Int, dataLength: Int) throws(GGUFFault) {
    (name, type, dims) = (entry.name, entry.type, entry.dims)
    guard (dims.last ?? 1).isMultiple(of: type.elementsPerBlock) else {
      throw .unevenBlocks(
        name: name, type: type.name, dims: dims, block: type.elementsPerBlock)
    }
    guard let size = type.byteCount(dims) else {
      throw .tooLarge(name: name, type: type.name, dims: dims)
    }
    guard entry.offset.isMultiple(of: UInt64(alignment)) else {
      throw .misaligned(name: name, offset: entry.offset, alignment: alignment)
    }
    guard entry.offset <= UInt64(dataLength), size <= dataLength - Int(entry.offset) else {
      throw .offsets(name: name, begin: entry.offset, bytes: size, dataLength: dataLength)
    }
    bytes = Int(entry.offset)..<Int(entry.offset) + size
  }
}
