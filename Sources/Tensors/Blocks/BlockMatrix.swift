/// A matrix of reals stored in blocks of few bits, as GGUF files hold it: row after row, each row whole
/// blocks. Graphs may see it turned: its rows are then columns.
///
/// A stored form, not an element type: graphs see f32. Immutable, as a tensor is.
public struct BlockMatrix: Sendable {
  /// How a block is stored.
  public let format: BlockFormat
  /// The number of rows as they are stored.
  public let rows: Int
  /// The number of columns as they are stored: a multiple of ``BlockFormat/elementsPerBlock``.
  public let columns: Int
  /// The memory that holds the blocks.
  public let storage: Storage
  /// Where the first block stands in `storage`, in bytes; of any alignment.
  public let byteOffset: Int
  /// Whether graphs see a row as a column.
  public let isTransposed: Bool

  /// A view of `storage`; the blocks must lie inside it.
  ///
  /// - Throws: ``TensorError`` where they don't, or where rows aren't whole blocks.
  public init(
    format: BlockFormat, rows: Int, columns: Int, storage: Storage, byteOffset: Int = 0,
    isTransposed: Bool = false
  ) throws(TensorError) {
    guard columns.isMultiple(of: format.elementsPerBlock) || columns < 0 else {
      throw .unevenBlocks(format, columns: columns)
    }
    let bytes = try BlockMatrix.byteCount(format, [rows, columns])
    let (end, overflow) = byteOffset.addingReportingOverflow(bytes)
    guard byteOffset >= 0, !overflow, end <= storage.byteCount else {
      throw .outOfBounds(offset: byteOffset, bytes: bytes, capacity: storage.byteCount)
    }
    self.format = format
    self.rows = rows
    self.columns = columns
    self.storage = storage
    self.byteOffset = byteOffset
    self.isTransposed = isTransposed
  }

  /// Bytes that rows of whole blocks take, `dims` being rows and columns; checked for overflow and
  /// negative extents.
  public static func byteCount(_ format: BlockFormat, _ dims: [Int]) throws(TensorError) -> Int {
    // So that the widened matrix can be counted, too.
    _ = try Tensor.byteCount(.f32, dims)
    return dims.reduce(1, *) / format.elementsPerBlock * format.bytesPerBlock
  }

  /// The extents that graphs see.
  public var dims: [Int] { isTransposed ? [columns, rows] : [rows, columns] }

  /// The same blocks turned: row i becomes column i.
  public var transposed: BlockMatrix { BlockMatrix(turning: self) }

  private init(turning other: BlockMatrix) {
    (format, rows, columns) = (other.format, other.rows, other.columns)
    (storage, byteOffset) = (other.storage, other.byteOffset)
    isTransposed = !other.isTransposed
  }

  /// Bytes of a row.
  public var bytesPerRow: Int { columns / format.elementsPerBlock * format.bytesPerBlock }

  /// Bytes that the blocks take.
  public var byteCount: Int { rows * bytesPerRow }

  /// The first block. Valid while the matrix (or its storage) is alive.
  public var pointer: UnsafeRawPointer { UnsafeRawPointer(storage.base + byteOffset) }

  /// The stored rows of `range`: a view.
  public func rows(_ range: Range<Int>) throws(TensorError) -> BlockMatrix {
    guard range.lowerBound >= 0, range.upperBound <= rows else {
      throw .outOfBounds(
        offset: range.lowerBound, bytes: range.count, capacity: rows)
    }
    return try BlockMatrix(
      format: format, rows: range.count, columns: columns, storage: storage,
      byteOffset: byteOffset + range.lowerBound * bytesPerRow, isTransposed: isTransposed)
  }

  /// The matrix as reals of type `dtype`: each operation of the format in f32, rounded, and the
  /// result rounded to `dtype`.
  public func dense(_ dtype: DType = .f32) throws(TensorError) -> Tensor {
    let result = try Tensor(uninitialized: .f32, dims: dims)
    let to = result.pointer.assumingMemoryBound(to: Float.self)
    var block = [Float](repeating: 0, count: format.elementsPerBlock)
    for i in 0..<byteCount / format.bytesPerBlock {
      let (from, first) = (pointer + i * format.bytesPerBlock, i * format.elementsPerBlock)
      if isTransposed {
        block.withUnsafeMutableBufferPointer { block in
          if let base = block.baseAddress { format.decode(from, into: base) }
        }
        let (row, column) = first.quotientAndRemainder(dividingBy: columns)
        for (j, value) in block.enumerated() { to[(column + j) * rows + row] = value }
      } else {
        format.decode(from, into: to + first)
      }
    }
    withExtendedLifetime(storage) {}
    return dtype == .f32 ? result : try result.converted(to: dtype)
  }
}
