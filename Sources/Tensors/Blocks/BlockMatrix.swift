/// A matrix of reals stored in blocks of few bits, as GGUF files hold it: row after row, each row whole
/// blocks.
///
/// A stored form, not an element type: graphs see f32. Immutable, as a tensor is.
public struct BlockMatrix: Sendable {
  /// How a block is stored.
  public let format: BlockFormat
  /// The number of rows.
  public let rows: Int
  /// The number of columns: a multiple of ``BlockFormat/elementsPerBlock``.
  public let columns: Int
  /// The memory that holds the blocks.
  public let storage: Storage
  /// Where the first block stands in `storage`, in bytes; of any alignment.
  public let byteOffset: Int

  /// A view of `storage`; the blocks must lie inside it.
  ///
  /// - Throws: ``TensorError`` where they don't, or where rows aren't whole blocks.
  public init(
    format: BlockFormat, rows: Int, columns: Int, storage: Storage, byteOffset: Int = 0
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
  }

  /// Bytes that rows of whole blocks take, `dims` being rows and columns; checked for overflow and
  /// negative extents.
  public static func byteCount(_ format: BlockFormat, _ dims: [Int]) throws(TensorError) -> Int {
    // So that the widened matrix can be counted, too.
    _ = try Tensor.byteCount(.f32, dims)
    return dims.reduce(1, *) / format.elementsPerBlock * format.bytesPerBlock
  }

  /// The extents.
  public var dims: [Int] { [rows, columns] }

  /// Bytes of a row.
  public var bytesPerRow: Int { columns / format.elementsPerBlock * format.bytesPerBlock }

  /// Bytes that the blocks take.
  public var byteCount: Int { rows * bytesPerRow }

  /// The first block. Valid while the matrix (or its storage) is alive.
  public var pointer: UnsafeRawPointer { UnsafeRawPointer(storage.base + byteOffset) }

  /// The rows of `range`: a view.
  public func rows(_ range: Range<Int>) throws(TensorError) -> BlockMatrix {
    guard range.lowerBound >= 0, range.upperBound <= rows else {
      throw .outOfBounds(
        offset: range.lowerBound, bytes: range.count, capacity: rows)
    }
    return try BlockMatrix(
      format: format, rows: range.count, columns: columns, storage: storage,
      byteOffset: byteOffset + range.lowerBound * bytesPerRow)
  }

  /// The matrix as reals of type `dtype`: each operation of the format in f32, rounded, and the
  /// result rounded to `dtype`.
  public func dense(_ dtype: DType = .f32) throws(TensorError) -> Tensor {
    let result = try Tensor(uninitialized: .f32, dims: dims)
    let to = result.pointer.assumingMemoryBound(to: Float.self)
    let blocks = rows * (columns / format.elementsPerBlock)
    for i in 0..<blocks {
      format.decode(pointer + i * format.bytesPerBlock, into: to + i * format.elementsPerBlock)
    }
    withExtendedLifetime(storage) {}
    return dtype == .f32 ? result : try result.converted(to: dtype)
  }
}
