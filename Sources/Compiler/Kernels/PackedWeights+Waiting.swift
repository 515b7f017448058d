import Synchronization
import Tensors

/// Packed weights that kernels don't wait for.
extension PackedWeights {
  /// The packed form of `tensor`, which waits until there is time: until then the kernel reads the
  /// original.
  public func waitingStorage(
    for tensor: Tensor, layout: String, byteCount: Int, pieces: Int,
    fill: @escaping @Sendable (Storage, Range<Int>) -> Void
  ) throws(TensorError) -> WaitingStorage {
    try waiting(
      Key([tensor], layout: layout), .init(tensor), byteCount: byteCount, pieces: pieces,
      fill: fill)
  }

  /// The packed form of `matrix`, which may wait as that of a tensor may.
  public func waitingStorage(
    for matrix: BlockMatrix, layout: String, byteCount: Int, pieces: Int,
    fill: @escaping @Sendable (Storage, Range<Int>) -> Void
  ) throws(TensorError) -> WaitingStorage {
    try waiting(
      Key(matrix, layout: layout), .init(matrix), byteCount: byteCount, pieces: pieces, fill: fill)
  }

  private func waiting(
    _ key: Key, _ source: StorageRange, byteCount: Int, pieces: Int,
    fill: @escaping @Sendable (Storage, Range<Int>) -> Void
  ) throws(TensorError) -> WaitingStorage {
    if let known = inherited(key) { return WaitingStorage(packed: known, written: nil) }
    return try shelf.withLock { shelf in
      Result { () throws(TensorError) -> WaitingStorage in
        if let known = shelf.entries[key] {
          return WaitingStorage(packed: known.packed, written: known.written)
        }
        let packed = try shelf.slab.take(byteCount)
        let written = WrittenFlag()
        shelf.entries[key] = Entry(packed: packed, sources: [source.storage], written: written)
        shelf.waiting.append(
          PackingJob(
            sources: [source], packed: packed, pieces: pieces, fill: fill, written: written))
        return WaitingStorage(packed: packed, written: written)
      }
    }.get()
  }

  /// Writes what may wait, too: for who is about to run a plan many times, or to time it.
  public func settle() {
    if onlyPromises { return }
    packing.withLock { _ in _ = run { $0.waiting.takeAll() } }
  }

  /// Bytes of packed weights that aren't written yet, and that nobody waits for.
  public var waitingByteCount: Int {
    shelf.withLock { $0.waiting.jobs.reduce(0) { $0 + $1.packed.byteCount } }
  }

  /// Before a run: the first of new weights reads them as they are stored, so that its answer comes
  /// soon; each later one first packs a share of them. Results are the same bytes.
  ///
  /// Where somebody else packs at the moment, nothing happens.
  public func beginRun() {
    _ = packing.withLockIfAvailable { _ in run { $0.waiting.takeShare() } }
  }
}
