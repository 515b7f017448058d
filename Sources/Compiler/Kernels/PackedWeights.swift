import Executor
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

    /// A key for `sources` packed together as `layout`, such as `gemm-avx512-32-t`.
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

    /// A key for `matrix` packed as `layout`.
    public init(_ matrix: BlockMatrix, layout: String) {
      sources = [ObjectIdentifier(matrix.storage)]
      offsets = [matrix.byteOffset, matrix.isTransposed ? 1 : 0] + matrix.dims
      self.layout = "\(matrix.format.rawValue)-\(layout)"
    }
  }

  /// A packed weight with what keeps its key's identity alive.
  private struct Entry: Sendable {
    var packed: Storage
    var sources: [Storage]
    /// Nil for one that never waits.
    var written: WrittenFlag?
  }

  /// What is packed or promised, and the work that keeps the promises.
  private struct Shelf: Sendable {
    var entries: [Key: Entry] = [:]
    var slab = StorageSlab()
    /// What a plan can't run without.
    var jobs: [PackingJob] = []
    /// What is read as it is stored until there is time.
    var waiting = WaitingWeights()
  }

  private let shelf = Mutex(Shelf())
  /// Held by whoever packs: others wait until what they may need is there.
  private let packing = Mutex(())
  private let threads: Int
  /// Where packed weights are found, too; nothing is added there.
  private let base: PackedWeights?

  /// Whether nothing is written.
  let onlyPromises: Bool

  /// An empty store, filled by at most so many threads.
  ///
  /// - Parameter onlyPromises: whether nothing is written: for plans that tell what they would take
  ///   and never run.
  public init(threads: Int = ProcessorCount.available().count, onlyPromises: Bool = false) {
    self.threads = threads
    self.onlyPromises = onlyPromises
    base = nil
  }

  /// An empty store that finds what is packed in `base`, too, and keeps its own until it is let go.
  public init(over base: PackedWeights) {
    threads = base.threads
    onlyPromises = base.onlyPromises
    self.base = base
  }

  /// What is packed for `key` in `base`; all that was promised there is written.
  private func inherited(_ key: Key) -> Storage? {
    base?.shelf.withLock { shelf in shelf.jobs.isEmpty ? shelf.entries[key]?.packed : nil }
  }

  /// A packed weight that isn't written yet.
  public struct Promise: Sendable {
    /// Bytes of the packed weight.
    public let byteCount: Int
    /// What is read to write it.
    public let sources: [StorageRange]

    /// Parts that it is written in, after each of which the pages of its sources leave memory.
    public var parts: Int { max(1, byteCount / PackingJob.byteCountPerDrop) }
  }

  /// What isn't written yet, in the order in which it will be.
  public var promises: [Promise] {
    shelf.withLock { shelf in
      (shelf.jobs + shelf.waiting.jobs).map {
        Promise(byteCount: $0.packed.byteCount, sources: $0.sources)
      }
    }
  }

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

  /// The packed form of `matrix`, made by `pack` where it isn't there yet.
  public func storage(
    for matrix: BlockMatrix, layout: String, pack: () throws(TensorError) -> Storage
  ) throws(TensorError) -> Storage {
    try storage(Key(matrix, layout: layout), keeping: [matrix.storage], pack: pack)
  }

  private func storage(
    _ key: Key, keeping sources: [Storage], pack: () throws(TensorError) -> Storage
  ) throws(TensorError) -> Storage {
    if let known = inherited(key) { return known }
    if let known = shelf.withLock({ $0.entries[key]?.packed }) { return known }
    let packed = try pack()
    return shelf.withLock { shelf in
      if let raced = shelf.entries[key]?.packed { return raced }
      shelf.entries[key] = Entry(packed: packed, sources: sources)
      return packed
    }
  }

  /// The packed form of `sources`, in `pieces` that `fill` writes whole, each its own bytes. They
  /// are written when ``finish()`` returns, not before: on all threads, whatever the order.
  public func storage(
    for sources: [Tensor], layout: String, byteCount: Int, pieces: Int,
    fill: @escaping @Sendable (Storage, Range<Int>) -> Void
  ) throws(TensorError) -> Storage {
    try promise(
      Key(sources, layout: layout), sources.map { .init($0) }, byteCount: byteCount,
      pieces: pieces, fill: fill)
  }

  /// The packed form of `matrix`, promised as that of tensors is.
  public func storage(
    for matrix: Int8Matrix, layout: String, byteCount: Int, pieces: Int,
    fill: @escaping @Sendable (Storage, Range<Int>) -> Void
  ) throws(TensorError) -> Storage {
    try promise(
      Key(matrix, layout: layout), [.init(matrix), .init(matrix.scales)], byteCount: byteCount,
      pieces: pieces, fill: fill)
  }

  /// The packed form of `matrix`, promised as that of tensors is.
  public func storage(
    for matrix: BlockMatrix, layout: String, byteCount: Int, pieces: Int,
    fill: @escaping @Sendable (Storage, Range<Int>) -> Void
  ) throws(TensorError) -> Storage {
    try promise(
      Key(matrix, layout: layout), [.init(matrix)], byteCount: byteCount, pieces: pieces,
      fill: fill)
  }

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
    try shelf.withLock { shelf in
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

  private func promise(
    _ key: Key, _ sources: [StorageRange], byteCount: Int, pieces: Int,
    fill: @escaping @Sendable (Storage, Range<Int>) -> Void
  ) throws(TensorError) -> Storage {
    if let known = inherited(key) { return known }
    let result = shelf.withLock { shelf in
      Result { () throws(TensorError) -> Storage in
        if let known = shelf.entries[key]?.packed {
          if let job = shelf.waiting.take(known) { shelf.jobs.append(job) }
          return known
        }
        let packed = try shelf.slab.take(byteCount)
        shelf.entries[key] = Entry(packed: packed, sources: sources.map(\.storage))
        shelf.jobs.append(
          PackingJob(sources: sources, packed: packed, pieces: pieces, fill: fill))
        return packed
      }
    }
    return try result.get()
  }

  /// Writes all that was promised but for what may wait, and says how much that was. A plan may run
  /// when this has returned, not before.
  @discardableResult public func finish() -> PackingTotals {
    if onlyPromises { return PackingTotals() }
    return packing.withLock { _ in
      run { shelf in
        defer { shelf.jobs = [] }
        return shelf.jobs
      }
    }
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

  private func run(_ take: (inout sending Shelf) -> [PackingJob]) -> PackingTotals {
    let jobs = shelf.withLock { shelf in
      shelf.slab.adviseHugePages()
      return take(&shelf)
    }
    guard !jobs.isEmpty else { return PackingTotals() }
    let start = ContinuousClock.now
    PackingJob.run(jobs, threads: threads)
    return PackingTotals(
      byteCount: jobs.reduce(0) { $0 + $1.packed.byteCount },
      duration: ContinuousClock.now - start)
  }

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

  /// Bytes of all packed weights.
  public var byteCount: Int {
    shelf.withLock { $0.entries.values.reduce(0) { $0 + $1.packed.byteCount } }
  }
}

/// Weights that were packed, and the time that it took.
public struct PackingTotals: Hashable, Sendable {
  /// Bytes of the packed weights.
  public var byteCount = 0
  /// The time until all were written.
  public var duration = Duration.zero
}
