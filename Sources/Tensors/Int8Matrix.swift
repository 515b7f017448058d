/// A matrix of reals stored as 8-bit integers with a scale for each row or each column:
/// w[i, j] = scale · q[i, j].
///
/// A stored form, not an element type: graphs see f32. Immutable, as a tensor is.
public struct Int8Matrix: Sendable {
  /// What has a scale of its own: the outputs of a linear layer.
  public enum Axis: Int, Sendable {
    /// scales[i] belongs to row i; a weight stored [outputs, inputs].
    case rows = 0
    /// scales[j] belongs to column j; a weight stored [inputs, outputs].
    case columns = 1
  }

  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// What has a scale of its own.
  public let scaled: Axis
  /// An f32 vector: finite and not negative, one for each row or column.
  public let scales: Tensor
  /// The memory that holds the integers, row after row.
  public let storage: Storage
  /// Where the first integer stands in `storage`, in bytes.
  public let byteOffset: Int

  /// A view of `storage`; the integers must lie inside it.
  ///
  /// - Throws: ``TensorError`` where they don't, or where there are more or fewer scales than rows
  ///   or columns.
  public init(
    rows: Int, columns: Int, storage: Storage, byteOffset: Int = 0, scales: Tensor,
    scaled: Axis = .rows
  ) throws(TensorError) {
    guard rows >= 0, columns >= 0 else { throw .negativeExtent([rows, columns]) }
    let (bytes, isTooLarge) = rows.multipliedReportingOverflow(by: columns)
    let (end, overflow) = byteOffset.addingReportingOverflow(bytes)
    guard byteOffset >= 0, !isTooLarge, !overflow, end <= storage.byteCount else {
      throw .outOfBounds(
        offset: byteOffset, bytes: isTooLarge ? .max : bytes, capacity: storage.byteCount)
    }
    let channels = scaled == .rows ? rows : columns
    guard scales.dtype == .f32, scales.dims == [channels] else {
      throw .countMismatch(expected: channels, found: scales.dims)
    }
    self.rows = rows
    self.columns = columns
    self.scaled = scaled
    self.scales = scales
    self.storage = storage
    self.byteOffset = byteOffset
  }

  /// The extents.
  public var dims: [Int] { [rows, columns] }

  /// The number of rows or columns that have a scale.
  public var channels: Int { scaled == .rows ? rows : columns }

  /// Bytes that integers and scales take.
  public var byteCount: Int { rows * columns + scales.byteCount }

  /// The first integer. Valid while the matrix (or its storage) is alive.
  public var pointer: UnsafePointer<Int8> {
    UnsafePointer((storage.base + byteOffset).assumingMemoryBound(to: Int8.self))
  }

  /// The matrix as reals of type `dtype`: each scale · integer, rounded.
  public func dense(_ dtype: DType = .f32) throws(TensorError) -> Tensor {
    let result = try Tensor(uninitialized: .f32, dims: dims)
    let (q, w) = (pointer, result.pointer.assumingMemoryBound(to: Float.self))
    scales.floats.withUnsafeBufferPointer { scales in
      for i in 0..<rows {
        for j in 0..<columns {
          let at = i * columns + j
          w[at] = scales[scaled == .rows ? i : j] * Float(q[at])
        }
      }
    }
    withExtendedLifetime(storage) {}
    return dtype == .f32 ? result : try Tensor(dtype, dims: dims, doubles: result.doubles)
  }

  /// The rows of `range`: a view.
  public func rows(_ range: Range<Int>) throws(TensorError) -> Int8Matrix {
    let first = byteOffset + range.lowerBound * columns
    return try Int8Matrix(
      rows: range.count, columns: columns, storage: storage, byteOffset: first,
      scales: scaled == .rows ? scales.part(range) : scales, scaled: scaled)
  }

  /// The columns of `range`: a copy.
  public func columns(_ range: Range<Int>) throws(TensorError) -> Int8Matrix {
    let copy = try Storage(uninitializedByteCount: rows * range.count)
    for i in 0..<rows {
      let source = pointer + i * columns + range.lowerBound
      (copy.base + i * range.count).copyMemory(from: source, byteCount: range.count)
    }
    withExtendedLifetime(storage) {}
    return try Int8Matrix(
      rows: rows, columns: range.count, storage: copy,
      scales: scaled == .columns ? scales.part(range) : scales, scaled: scaled)
  }
}

extension Tensor {
  /// The elements of `range` of a vector: a view.
  fileprivate func part(_ range: Range<Int>) throws(TensorError) -> Tensor {
    try Tensor(
      dtype: dtype, dims: [range.count], storage: storage,
      byteOffset: byteOffset + range.lowerBound * dtype.byteCount)
  }
}
