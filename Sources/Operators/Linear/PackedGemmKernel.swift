import CKernels
import Compiler
import Executor
import Tensors

/// activation(scale · x·B + bias) ⊙ multiplier + residual, for one or more packed B that share x.
struct PackedGemmKernel: Kernel {
  let name: String
  let table: KernelTable
  let depth: Int
  let x: OperandSource
  let segments: [GemmSegment<PackedMatrix>]
  let epilogue: GemmEpilogue
  let grid: GemmGrid

  /// A kernel whose segments were packed for `table`.
  init(
    table: KernelTable, rows: Int, depth: Int, x: OperandSource,
    segments: [GemmSegment<PackedMatrix>], epilogue: GemmEpilogue
  ) {
    self.table = table
    self.depth = depth
    self.x = x
    self.segments = segments
    self.epilogue = epilogue
    name = table.gemmName(weights: segments.map(\.packed.type))
    grid = GemmGrid(
      rows: rows, depth: depth,
      panels: segments.map { ceilingDivision($0.columns, table.panelWidth) },
      panelWidth: table.panelWidth, registerRows: table.registerRows)
  }

  var tiles: Int { grid.tiles }

  /// The first panel of the tile.
  func firstHeldBytes(of tile: Int) -> UnsafeRawBufferPointer? {
    if grid.isEmpty { return nil }
    let block = grid.tiles(from: tile, before: tile + 1)
    let packed = segments[block.segment].packed
    let panel = depth * table.panelWidth * packed.type.byteCount
    return UnsafeRawBufferPointer(
      start: packed.storage.base + block.panels.lowerBound * panel, count: panel)
  }

  /// A panel of a weight that isn't packed yet.
  var scratchByteCount: Int {
    segments.map { $0.packed.original?.stored.scratchByteCount(table) ?? 0 }.max() ?? 0
  }

  func run(tiles: Range<Int>, io: KernelIO) {
    if grid.isEmpty { return }
    var args = weft_gemm_args()
    args.a = x.floats(io)
    args.a_stride = depth
    args.k = depth
    epilogue.fill(&args, io)
    var i = tiles.lowerBound
    while i < tiles.upperBound {
      let block = grid.tiles(from: i, before: tiles.upperBound)
      i += block.count
      let segment = segments[block.segment]
      args.packed = UnsafeRawPointer(segment.packed.storage.base)
      args.packed_type = segment.packed.type.kernelType
      args.c = io[segment.result].assumingMemoryBound(to: Float.self)
      args.c_stride = segment.columns
      args.n = segment.columns
      if i == tiles.upperBound, let upcoming = io.upcoming {
        args.ahead = upcoming.baseAddress
        args.ahead_bytes = upcoming.count
      }
      args.bias = segment.bias?.floats(io)
      args.multiplier_stride = segment.columns
      args.residual_stride = segment.columns
      guard let stored = segment.packed.waiting else {
        table.functions.pointee.gemm(
          &args, block.rows.lowerBound, block.rows.upperBound, block.panels.lowerBound,
          block.panels.upperBound)
        continue
      }
      for panel in block.panels {
        stored.pack(
          panel, table, into: io.scratch, rows: io.scratch + stored.panelByteCount(table),
          isLast: panel + 1 == block.panels.upperBound)
        var one = args.columns(from: panel * table.panelWidth)
        one.packed = UnsafeRawPointer(io.scratch)
        table.functions.pointee.gemm(
          &one, block.rows.lowerBound, block.rows.upperBound, 0, 1)
      }
    }
  }
}

extension weft_gemm_args {
  /// The product of the columns from `first` on alone, which are a right side of their own; what is to be
  /// fetched ahead isn't known.
  func columns(from first: Int) -> weft_gemm_args {
    var part = self
    part.c += first
    part.n -= first
    part.bias = bias.map { $0 + first }
    part.multiplier = multiplier.map { $0 + first }
    part.residual = residual.map { $0 + first }
    part.ahead = nil
    part.ahead_bytes = 0
    return part
  }
}

/// One right side of a matrix product, with its own bias and result.
struct GemmSegment<Packed: Sendable>: Sendable {
  /// What the kernel holds of it.
  let packed: Packed
  let columns: Int
  let bias: OperandSource?
  /// The position of the result in ``KernelIO``.
  let result: Int
}

/// The right side of a matrix product in the layout of its kernel.
struct PackedMatrix: Sendable {
  let storage: Storage
  /// f32, or the 16 bits that the weight is stored in: the kernel widens them in registers.
  let type: DType
  /// For kernels that may run before it is packed.
  var original: Original<StoredColumns>?

  /// The original where it isn't packed yet.
  var waiting: StoredColumns? {
    @inline(__always) get { original?.waiting }
  }
}

/// The original of a packed weight, and whether that is packed: one reference, so that a kernel that takes
/// up a tile counts no more of them than it must.
final class Original<Stored: Sendable>: Sendable {
  let stored: Stored
  private let state: WaitingStorage

  init(_ stored: Stored, _ state: WaitingStorage) {
    self.stored = stored
    self.state = state
  }

  /// The original where it isn't packed yet.
  var waiting: Stored? { state.isWritten ? nil : stored }
}

/// What a matrix product does to its results, besides the bias.
struct GemmEpilogue: Sendable {
  var scale: Float = 1
  var activation = Activation.none
  var multiplier: OperandSource?
  var residual: OperandSource?

  @inline(__always)
  func fill(_ args: inout weft_gemm_args, _ io: KernelIO) {
    args.scale = scale
    args.activation = activation.kernelValue
    args.multiplier = multiplier?.floats(io)
    args.residual = residual?.floats(io)
  }
}

extension KernelTable {
  /// Columns of one panel of a packed matrix.
  var panelWidth: Int { functions.pointee.gemm_nr }

  /// Rows that the matrix product holds in registers.
  var registerRows: Int { functions.pointee.gemm_mr }

  /// The name of the matrix product, such as `f32-gemm-avx512-14x32`; `f32f16-gemm-…` where weights
  /// are f16.
  func gemmName(weights: [DType] = []) -> String {
    let types = Set(weights.map(\.rawValue)).subtracting(["f32"]).sorted().joined()
    return "f32\(types)-gemm-\(name)-\(registerRows)x\(panelWidth)"
  }
}

extension KernelRequest {
  /// A constant matrix [depth, columns] packed for the matrix product, shared by all plans; in the
  /// element type that it is stored in, so that half as much is read of 16 bits.
  ///
  /// - Parameters:
  ///   - transposed: whether `tensor` is stored [columns, depth].
  ///   - mayWait: whether the kernel reads the original until the packed matrix is written.
  func packedMatrix(
    _ tensor: Tensor, depth: Int, columns: Int, transposed: Bool, mayWait: Bool = false
  ) throws(KernelError) -> PackedMatrix {
    let kernels = table.functions.pointee
    let layout = "gemm-\(table.name)-\(table.panelWidth)-\(transposed ? "t" : "n")"
    let elements = kernels.gemm_packed_size(depth, columns)
    if elements == 0 && depth > 0 && columns > 0 {
      throw .tensor(.tooLarge(.f32, tensor.dims))
    }
    do {
      let byteCount = elements * tensor.dtype.byteCount
      let pieces = elements == 0 ? 0 : ceilingDivision(columns, table.panelWidth)
      let stored = StoredColumns(tensor, depth: depth, columns: columns, transposed: transposed)
      let fill: @Sendable (Storage, Range<Int>) -> Void = { [table] storage, panels in
        stored.pack(panels, table, into: storage)
      }
      guard mayWait else {
        let storage = try packed.storage(
          for: [tensor], layout: layout, byteCount: byteCount, pieces: pieces, fill: fill)
        return PackedMatrix(storage: storage, type: tensor.dtype)
      }
      let storage = try packed.waitingStorage(
        for: tensor, layout: layout, byteCount: byteCount, pieces: pieces, fill: fill)
      return PackedMatrix(
        storage: storage.packed, type: tensor.dtype, original: Original(stored, storage))
    } catch {
      throw .tensor(error)
    }
  }
}
