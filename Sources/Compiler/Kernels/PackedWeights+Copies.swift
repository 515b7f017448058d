import IR
import Synchronization
import Tensors

/// Dense copies of weights, in another element type or of what is computed ahead.
extension PackedWeights {
  /// `tensor` with elements of type `dtype`: itself, or a dense copy that all plans share.
  public func converted(_ tensor: Tensor, to dtype: DType) throws(TensorError) -> Tensor {
    if tensor.dtype == dtype { return tensor }
    if onlyPromises {
      return try promisedCopy(
        Key([tensor], layout: dtype.rawValue), [.init(tensor)], dtype, tensor.dims)
    }
    let storage = try storage(for: [tensor], layout: dtype.rawValue) {
      () throws(TensorError) -> Storage in
      let copy = try tensor.converted(to: dtype)
      tensor.dropPages()
      return copy.storage
    }
    return try Tensor(dtype: dtype, dims: tensor.dims, storage: storage)
  }

  /// `weight` with elements of type `dtype`: itself, or a dense copy that all plans share.
  public func converted(_ weight: StoredWeight, to dtype: DType) throws(TensorError) -> Tensor {
    switch weight {
    case .dense(let tensor): return try converted(tensor, to: dtype)
    case .int8(let matrix):
      return try widened(
        Key(matrix, layout: dtype.rawValue), [matrix.storage, matrix.scales.storage],
        .init(matrix), dtype, matrix.dims
      ) { () throws(TensorError) -> Tensor in try matrix.dense(dtype) }
    case .blocks(let matrix):
      return try widened(
        Key(matrix, layout: dtype.rawValue), [matrix.storage], .init(matrix), dtype, matrix.dims
      ) { () throws(TensorError) -> Tensor in try matrix.dense(dtype) }
    }
  }

  /// A dense copy of a weight in another form, made by `dense` where it isn't there yet.
  private func widened(
    _ key: Key, _ kept: [Storage], _ source: StorageRange, _ dtype: DType, _ dims: [Int],
    dense: () throws(TensorError) -> Tensor
  ) throws(TensorError) -> Tensor {
    if onlyPromises { return try promisedCopy(key, [source], dtype, dims) }
    let storage = try storage(key, keeping: kept) { () throws(TensorError) -> Storage in
      let copy = try dense()
      source.dropPages()
      return copy.storage
    }
    return try Tensor(dtype: dtype, dims: dims, storage: storage)
  }

  private func promisedCopy(
    _ key: Key, _ sources: [StorageRange], _ dtype: DType, _ dims: [Int]
  ) throws(TensorError) -> Tensor {
    let byteCount = try Tensor.byteCount(dtype, dims)
    let storage = try promise(key, sources, byteCount: byteCount, pieces: 0) { _, _ in }
    return try Tensor(dtype: dtype, dims: dims, storage: storage)
  }

  /// What would be computed of `operands`, not written.
  func promisedResult(_ type: TensorType, of operands: [Tensor]) throws(TensorError) -> Tensor {
    let dims = type.shape.values ?? []
    let byteCount = try Tensor.byteCount(type.dtype, dims)
    return try shelf.withLock { shelf in
      Result { () throws(TensorError) -> Tensor in
        let storage = try shelf.slab.take(byteCount)
        let tensor = try Tensor(dtype: type.dtype, dims: dims, storage: storage)
        let sources = operands.map { StorageRange($0) }
        shelf.entries[Key([tensor], layout: "result")] = Entry(
          packed: storage, sources: operands.map(\.storage))
        shelf.jobs.append(
          PackingJob(sources: sources, packed: storage, pieces: 0) { _, _ in })
        return tensor
      }
    }.get()
  }
}
