import CKernels
import Compiler
import Executor
import Tensors

/// A weight in blocks in the layout of its kernel: as many bytes as before.
struct PackedBlocks: Sendable {
  let format: BlockFormat
  let storage: Storage
}

/// activation(scale · x·Wᵀ + bias) ⊙ multiplier + residual, for one or more W in blocks that share x, of
/// one format or several. x is rounded to bytes: ``BlockProduct`` is the definition.
///
/// A tile rounds the rows that it multiplies, into scratch; tiles that follow one another in a call
/// and have the same rows do so once.
struct BlockGemmKernel: Kernel {
  let name: String
  let scratchByteCount: Int
  private let table: KernelTable
  private let depth: Int
  private let x: OperandSource
  private let segments: [GemmSegment<PackedBlocks>]
  private let epilogue: GemmEpilogue
  private let grid: GemmGrid

  /// A kernel whose segments were packed for `table`.
  init(
    table: KernelTable, rows: Int, depth: Int, x: OperandSource,
    segments: [GemmSegment<PackedBlocks>], epilogue: GemmEpilogue
  ) {
    self.table = table
    self.depth = depth
    self.x = x
    self.segments = segments
    self.epilogue = epilogue
    let kernels = table.blocks.pointee
    let formats = Set(segments.map(\.packed.format.rawValue)).sorted().joined(separator: "-")
    name = "s8\(formats)-gemm-\(String(cString: kernels.name))-\(kernels.mr)x\(kernels.nr)"
    let panels = segments.map { ceilingDivision($0.columns, kernels.nr) }
    let bytes = segments.reduce(0) { $0 + $1.packed.storage.byteCount }
    grid = GemmGrid(
      blockRows: rows, depth: depth, rowBytes: kernels.quantized_size(1, depth), panels: panels,
      panelWidth: kernels.nr, panelBytes: bytes / max(panels.reduce(0, +), 1))
    scratchByteCount = kernels.quantized_size(grid.rowBlock, depth)
  }

  var tiles: Int { grid.tiles }

  /// The first panel of the tile.
  func firstHeldBytes(of tile: Int) -> UnsafeRawBufferPointer? {
    if grid.isEmpty { return nil }
    let block = grid.tiles(from: tile, before: tile + 1)
    let (kernels, packed) = (table.blocks.pointee, segments[block.segment].packed)
    let panel = kernels.packed_size(packed.format.kernelValue, depth, kernels.nr)
    return UnsafeRawBufferPointer(
      start: packed.storage.base + block.panels.lowerBound * panel, count: panel)
  }

  func run(tiles: Range<Int>, io: KernelIO) {
    if grid.isEmpty { return }
    var quantize = weft_block_quantize_args()
    quantize.x_stride = depth
    quantize.k = depth
    quantize.quantized = io.scratch
    var args = weft_block_gemm_args()
    args.quantized = UnsafeRawPointer(io.scratch)
    args.product.k = depth
    var rounded = -1
    var i = tiles.lowerBound
    while i < tiles.upperBound {
      let block = grid.tiles(from: i, before: tiles.upperBound)
      i += block.count
      let (row, rows) = (block.rows.lowerBound, block.rows.count)
      if row != rounded {
        quantize.x = x.floats(io) + row * depth
        table.blocks.pointee.quantize(&quantize, 0, rows)
        rounded = row
      }
      fill(&args, row: row, segments[block.segment], io)
      args.product.ahead = i == tiles.upperBound ? io.upcoming?.baseAddress : nil
      table.blocks.pointee.gemm(&args, 0, rows, block.panels.lowerBound, block.panels.upperBound)
    }
  }

  /// What differs between tiles: where the rows from `row` on of a segment's result stand.
  @inline(__always)
  private func fill(
    _ args: inout weft_block_gemm_args, row: Int, _ segment: GemmSegment<PackedBlocks>,
    _ io: KernelIO
  ) {
    let columns = segment.columns
    epilogue.fill(&args.product, io)
    args.format = segment.packed.format.kernelValue
    args.packed = UnsafeRawPointer(segment.packed.storage.base)
    args.product.c = io[segment.result].assumingMemoryBound(to: Float.self) + row * columns
    args.product.c_stride = columns
    args.product.n = columns
    args.product.bias = segment.bias?.floats(io)
    args.product.multiplier = args.product.multiplier.map { $0 + row * columns }
    args.product.multiplier_stride = columns
    args.product.residual = args.product.residual.map { $0 + row * columns }
    args.product.residual_stride = columns
  }
}

extension KernelRequest {
  /// A constant matrix in blocks, [columns, depth], packed for the product of blocks, shared by all
  /// plans.
  func packedMatrix(_ matrix: BlockMatrix) throws(KernelError) -> PackedBlocks {
    let kernels = table.blocks.pointee
    let (depth, columns) = (matrix.columns, matrix.rows)
    let layout = "gemm-\(String(cString: kernels.name))-\(kernels.nr)"
    let bytes = kernels.packed_size(matrix.format.kernelValue, depth, columns)
    if bytes == 0 && depth > 0 && columns > 0 { throw .tensor(.tooLarge(.f32, matrix.dims)) }
    do {
      let storage = try packed.storage(
        for: matrix, layout: layout, byteCount: bytes,
        pieces: bytes == 0 ? 0 : ceilingDivision(columns, kernels.nr)
      ) { [table] storage, panels in
        var args = weft_block_pack_args()
        args.format = matrix.format.kernelValue
        args.source = matrix.pointer
        args.k = depth
        args.n = columns
        args.packed = UnsafeMutableRawPointer(storage.base)
        table.blocks.pointee.pack(&args, panels.lowerBound, panels.upperBound)
        withExtendedLifetime(matrix.storage) {}
      }
      return PackedBlocks(format: matrix.format, storage: storage)
    } catch {
      throw .tensor(error)
    }
  }
}
