import Synchronization
import Tensors

/// Weights in the layouts that kernels read, shared by all plans of a model: each stands in memory
/// once however many bindings are planned.
public final class PackedWeights: Sendable {
  /// What identifies a packed weight: the memory of the original and the layout.
  public struct Key: Hashable, Sendable {
    let sources: [ObjectIdentifier]
    let offsets: [Int]
    let layout: String

    /// A key for `sources` packed together as `layout`, such as `f32-gemm-32`.
    public init(_ sources: [Tensor], layout: String) {
      self.sources = sources.map { ObjectIdentifier($0.storage) }
      offsets = sources.flatMap { [$0.byteOffset] + $0.dims }
      self.layout = layout
    }

    /// A key for `matrix` packed as `layout`.
    public init(_ matrix: Int8Matrix, layout: String) {
      sources = [ObjectIdentifier(matrix.storage), ObjectIdentifier(matrix.scales.storage)]
      offsets =
        [matrix.byteOffset, matrix.scales.byteOffset, matrix.scaled.rawValue] + matrix.dims
      self.layout = layout
    }
  }

  /// A packed weight with what keeps its key's identity alive.
  private struct Entry: Sendable {
    var packed: Storage
    var sources: [Storage]
  }

  private let entries = Mutex<[Key: Entry]>([:])

  /// An empty store.
  public init() {}

  /// The packed form of `sources`, made by `pack` where it isn't there yet.
  public func storage(
    for sources: [Tensor], layout: String, pack: () throws(TensorError) -> Storage
  ) throws(TensorError) -> Storage {
    try storage(Key(sources, layout: layout), keeping: sources.map(\.storage), pack: pack)
  }

  /// The packed form of `matrix`, made by `pack` where it isn't there yet.
  public func storage(
    for matrix: Int8Matrix, layout: String, pack: () throws(TensorError) -> Storage
  ) throws(TensorError) -> Storage {
    try storage(
      Key(matrix, layout: layout), keeping: [matrix.storage, matrix.scales.storage], pack: pack)
  }

  private func storage(
    _ key: Key, keeping sources: [Storage], pack: () throws(TensorError) -> Storage
  ) throws(TensorError) -> Storage {
    if let known = entries.withLock({ $0[key]?.packed }) { return known }
    let packed = try pack()
    return entries.withLock { entries in
      if let raced = entries[key]?.packed { return raced }
      entries[key] = Entry(packed: packed, sources: sources)
      return packed
    }
  }

  /// `tensor` with elements of type `dtype`: itself, or a dense copy that all plans share.
  public func converted(_ tensor: Tensor, to dtype: DType) throws(TensorError) -> Tensor {
    if tensor.dtype == dtype { return tensor }
    let storage = try storage(for: [tensor], layout: dtype.rawValue) {
      () throws(TensorError) -> Storage in
      let copy = try Tensor(uninitialized: dtype, dims: tensor.dims)
      for i in 0..<tensor.count { copy.initialize(tensor.double(at: i), at: i) }
      return copy.storage
    }
    return try Tensor(dtype: dtype, dims: tensor.dims, storage: storage)
  }

  /// `weight` with elements of type `dtype`: itself, or a dense copy that all plans share.
  public func converted(_ weight: StoredWeight, to dtype: DType) throws(TensorError) -> Tensor {
    switch weight {
    case .dense(let tensor): return try converted(tensor, to: dtype)
    case .int8(let matrix):
      let storage = try storage(for: matrix, layout: dtype.rawValue) {
        () throws(TensorError) -> Storage in try matrix.dense(dtype).storage
      }
      return try Tensor(dtype: dtype, dims: matrix.dims, storage: storage)
    }
  }

  /// Bytes of all packed weights.
  public var byteCount: Int {
    entries.withLock { $0.values.reduce(0) { $0 + $1.packed.byteCount } }
  }
}
