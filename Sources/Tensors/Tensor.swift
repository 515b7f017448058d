/// A dense, row-major array of elements of one type.
///
/// A value: copies share storage that nobody writes to any more.
public struct Tensor: Sendable {
  /// The element type.
  public let dtype: DType
  /// The extents, outermost first.
  public let dims: [Int]
  /// The memory that holds the elements.
  public let storage: Storage
  /// Where the first element stands in `storage`, in bytes.
  public let byteOffset: Int

  /// The number of elements.
  public let count: Int

  /// A view of `storage`; the elements must lie inside it.
  public init(dtype: DType, dims: [Int], storage: Storage, byteOffset: Int = 0)
    throws(TensorError)
  {
    let bytes = try Tensor.byteCount(dtype, dims)
    let (end, overflow) = byteOffset.addingReportingOverflow(bytes)
    guard byteOffset >= 0, !overflow, end <= storage.byteCount else {
      throw .outOfBounds(offset: byteOffset, bytes: bytes, capacity: storage.byteCount)
    }
    self.dtype = dtype
    self.dims = dims
    self.storage = storage
    self.byteOffset = byteOffset
    count = bytes / dtype.byteCount
  }

  /// A tensor of zeros.
  public init(zeros dtype: DType, dims: [Int]) throws(TensorError) {
    let storage = try Storage(byteCount: try Tensor.byteCount(dtype, dims))
    try self.init(dtype: dtype, dims: dims, storage: storage)
  }

  /// A tensor with any content, for an owner that writes each element before it is read.
  public init(uninitialized dtype: DType, dims: [Int]) throws(TensorError) {
    let storage = try Storage(uninitializedByteCount: try Tensor.byteCount(dtype, dims))
    try self.init(dtype: dtype, dims: dims, storage: storage)
  }

  /// The tensor, or a copy of it where its elements don't start at multiples of their size, as
  /// files allow and kernels don't.
  public func aligned() throws(TensorError) -> Tensor {
    if storage.isAligned(byteOffset, to: dtype.byteCount) { return self }
    let copy = try Tensor(uninitialized: dtype, dims: dims)
    copy.pointer.copyMemory(from: pointer, byteCount: byteCount)
    return copy
  }

  /// Bytes that a dense tensor takes; checked for overflow and negative extents.
  public static func byteCount(_ dtype: DType, _ dims: [Int]) throws(TensorError) -> Int {
    var bytes = dtype.byteCount
    for dim in dims {
      guard dim >= 0 else { throw .negativeExtent(dims) }
      let (next, overflow) = bytes.multipliedReportingOverflow(by: dim)
      if overflow { throw .tooLarge(dtype, dims) }
      bytes = next
    }
    return bytes
  }

  /// Bytes that the elements take.
  public var byteCount: Int { count * dtype.byteCount }

  /// The type, with known extents.
  public var type: TensorType { TensorType(dtype, Shape(dims)) }

  /// The first element. Valid while the tensor (or its storage) is alive.
  public var pointer: UnsafeMutableRawPointer { storage.base + byteOffset }

  /// The elements' bytes.
  public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeRawBufferPointer(start: pointer, count: byteCount))
  }

  /// The same elements under other extents of the same product.
  public func reshaped(to dims: [Int]) throws(TensorError) -> Tensor {
    guard try Tensor.byteCount(dtype, dims) == byteCount else {
      throw .countMismatch(expected: count, found: dims)
    }
    return try Tensor(dtype: dtype, dims: dims, storage: storage, byteOffset: byteOffset)
  }
}
