import CKernels
import Compiler
import Executor
import Tensors

/// activation(scale · x·B + bias) ⊙ multiplier + residual, for one or more B in bytes that share x.
/// x is rounded to bytes row by row: ``QuantizedProduct`` is the definition.
///
/// A tile rounds the rows that it multiplies, into scratch; tiles that follow one another in a call
/// and have the same rows do so once.
struct QuantizedGemmKernel: Kernel {
  let name: String
  let scratchByteCount: Int
  private let table: KernelTable
  private let depth: Int
  private let x: OperandSource
  private let segments: [GemmSegment<Storage>]
  private let epilogue: GemmEpilogue
  private let grid: GemmGrid

  /// A kernel whose segments were packed for `table`.
  init(
    table: KernelTable, rows: Int, depth: Int, x: OperandSource,
    segments: [GemmSegment<Storage>], epilogue: GemmEpilogue
  ) {
    self.table = table
    self.depth = depth
    self.x = x
    self.segments = segments
    self.epilogue = epilogue
    let kernels = table.int8.pointee
    name = "u8s8-gemm-\(String(cString: kernels.name))-\(kernels.mr)x\(kernels.nr)"
    grid = GemmGrid(
      roundedRows: rows, depth: depth,
      panels: segments.map { ceilingDivision($0.columns, kernels.nr) }, panelWidth: kernels.nr)
    scratchByteCount = kernels.quantized_size(grid.rowBlock, depth)
  }

  var tiles: Int { grid.tiles }

  /// The first panel of the tile.
  func firstHeldBytes(of tile: Int) -> UnsafeRawBufferPointer? {
    if grid.isEmpty { return nil }
    let block = grid.tiles(from: tile, before: tile + 1)
    let kernels = table.int8.pointee
    let panel = kernels.packed_size(depth, kernels.nr)
    return UnsafeRawBufferPointer(
      start: segments[block.segment].packed.base + block.panels.lowerBound * panel, count: panel)
  }

  func run(tiles: Range<Int>, io: KernelIO) {
    if grid.isEmpty { return }
    var quantize = weft_int8_quantize_args()
    quantize.x_stride = depth
    quantize.k = depth
    quantize.quantized = io.scratch
    var args = weft_int8_gemm_args()
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
        table.int8.pointee.quantize(&quantize, 0, rows)
        rounded = row
      }
      fill(&args, row: row, segments[block.segment], io)
      args.product.ahead = i == tiles.upperBound ? io.upcoming?.baseAddress : nil
      table.int8.pointee.gemm(&args, 0, rows, block.panels.lowerBound, block.panels.upperBound)
    }
  }

  /// What differs between tiles: where the rows from `row` on of a segment's result stand.
  @inline(__always)
  private func fill(
    _ args: inout weft_int8_gemm_args, row: Int, _ segment: GemmSegment<Storage>, _ io: KernelIO
  ) {
    let columns = segment.columns
    epilogue.fill(&args.product, io)
    args.packed = UnsafeRawPointer(segment.packed.base)
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
  /// A constant matrix of bytes packed for the product of bytes, shared by all plans.
  ///
  /// `transposed` says that `matrix` is stored [columns, depth].
  func packedMatrix(_ matrix: Int8Matrix, transposed: Bool) throws(KernelError) -> Storage {
    let (depth, columns) =
      transposed ? (matrix.columns, matrix.rows) : (matrix.rows, matrix.columns)
    let kernels = table.int8.pointee
    let kind = "\(String(cString: kernels.name))-\(kernels.nr)"
    let layout = "u8s8-gemm-\(kind)-\(transposed ? "t" : "n")"
    let bytes = kernels.packed_size(depth, columns)
    if bytes == 0 && columns > 0 { throw .tensor(.tooLarge(.f32, matrix.dims)) }
    do {
      return try packed.storage(
        for: matrix, layout: layout, byteCount: bytes,
        pieces: bytes == 0 ? 0 : ceilingDivision(columns, kernels.nr)
      ) { [table] storage, panels in
        var args = weft_int8_pack_args()
        args.source = matrix.pointer
        args.row_stride = transposed ? 1 : columns
        args.column_stride = transposed ? depth : 1
        args.scales = UnsafeRawPointer(matrix.scales.pointer)
        args.k = depth
        args.n = columns
        args.packed = storage.base
        table.int8.pointee.pack(&args, panels.lowerBound, panels.upperBound)
        withExtendedLifetime((matrix.storage, matrix.scales.storage)) {}
      }
    } catch {
      throw .tensor(error)
    }
  }
}
