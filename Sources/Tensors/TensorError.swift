/// Why a tensor couldn't be made.
public enum TensorError: Error, Hashable, CustomStringConvertible {
  /// The system has no block of that size.
  case outOfMemory(bytes: Int)
  /// An extent is below zero.
  case negativeExtent([Int])
  /// The size in bytes doesn't fit a 64-bit integer.
  case tooLarge(DType, [Int])
  /// The elements would lie outside the storage.
  case outOfBounds(offset: Int, bytes: Int, capacity: Int)
  /// The extents hold another number of elements.
  case countMismatch(expected: Int, found: [Int])
  /// Rows that aren't whole blocks.
  case unevenBlocks(BlockFormat, columns: Int)

  public var description: String {
    switch self {
    case .outOfMemory(let bytes): "no memory for a block of \(bytes) bytes"
    case .negativeExtent(let dims): "shape \(dims) has a negative extent"
    case .tooLarge(let dtype, let dims): "\(dtype)\(dims) takes more bytes than 64 bits can count"
    case .outOfBounds(let offset, let bytes, let capacity):
      "\(bytes) bytes at offset \(offset) don't lie inside \(capacity) bytes"
    case .countMismatch(let expected, let found):
      "shape \(found) doesn't hold \(expected) elements"
    case .unevenBlocks(let format, let columns):
      "rows of \(columns) elements aren't whole blocks of \(format.rawValue), "
        + "\(format.elementsPerBlock) elements each"
    }
  }
}
