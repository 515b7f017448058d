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
  struct Entry: Sendable {
    var packed: Storage
    var sources: [Storage]
    /// Nil for one that never waits.
    var written: WrittenFlag?
  }

  /// What is packed or promised, and the work that keeps the promises.
  struct Shelf: Sendable {
    var entries: [Key: Entry] = [:]
    var slab = StorageSlab()
    /// What a plan can't run without.
    var jobs: [PackingJob] = []
    /// What is read as it is stored until there is time.
    var waiting = WaitingWeights()
  }

  let shelf = Mutex(Shelf())
  /// Held by whoever packs: others wait until what they may need is there.
  let packing = Mutex(())
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

  /// An empty store that finds what is packed in `base`, too, where nothing waits any more, and keeps
  /// its own until it is let go.
  public init(over base: PackedWeights) {
    threads = base.threads
    onlyPromises = base.onlyPromises
    self.base = base
    base.settle()
  }

  /// What is packed for `key` in `base`, and written.
  func inherited(_ key: Key) -> Storage? {
    base?.shelf.withLock { shelf in
      guard shelf.jobs.isEmpty, let entry = shelf.entries[key], entry.written?.isSet ?? true else {
        return nil
      }
      return entry.packed
    }
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

  func storage(
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

  func promise(
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

  func run(_ take: (inout sending Shelf) -> [PackingJob]) -> PackingTotals {
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
