import CKernels
import Compiler
import Executor
import Tensors

/// Matrix products whose right side isn't known before the run: each tile packs its own panels.
struct BatchedGemmKernel: Kernel {
  /// A matrix in memory as the product reads it.
  struct Side: Sendable {
    let source: OperandSource
    let type: DType
    /// Stored with its two axes swapped.
    let transposed: Bool
    /// Where the matrix of each batch starts, in elements.
    let offsets: [Int]
  }

  /// Bytes of panels that a tile packs at most: they stay in the second-level cache.
  private static let panelBytes = 1 << 19

  let name: String
  let table: KernelTable
  let rows: Int
  let depth: Int
  let columns: Int
  let left: Side
  let right: Side
  let bias: OperandSource?
  let epilogue: GemmEpilogue
  let result: Int
  private let rowBlock: Int
  private let rowBlocks: Int
  private let group: Int
  private let groups: Int

  /// Products [rows, depth] · [depth, columns], one for each entry of the sides' `offsets`.
  init(
    table: KernelTable, rows: Int, depth: Int, columns: Int, left: Side, right: Side,
    bias: OperandSource?, epilogue: GemmEpilogue, result: Int
  ) {
    self.table = table
    self.rows = rows
    self.depth = depth
    self.columns = columns
    self.left = left
    self.right = right
    self.bias = bias
    self.epilogue = epilogue
    self.result = result
    name = "\(table.gemmName())-repack"
    let panels = ceilingDivision(columns, table.panelWidth)
    let panelBytes = saturatingProduct([max(depth, 1), table.panelWidth, 4])
    // A tile of fewer rows would pack for longer than it computes.
    let rowsPerTile = max(256, 8 * table.registerRows)
    rowBlocks = ceilingDivision(rows, rowsPerTile)
    rowBlock = rowBlocks == 0 ? 0 : ceilingDivision(rows, rowBlocks)
    let fitting = max(BatchedGemmKernel.panelBytes / panelBytes, 1)
    let spread = ceilingDivision(panels, max(16 / max(left.offsets.count, 1), 1))
    group = max(min(fitting, spread, panels), 1)
    groups = ceilingDivision(panels, group)
  }

  var tiles: Int { max(left.offsets.count * rowBlocks * groups, 1) }

  private var packedBytes: Int { saturatingProduct([group, max(depth, 1), table.panelWidth, 4]) }

  var scratchByteCount: Int {
    let turned = left.transposed ? saturatingProduct([rowBlock, depth, 4]) : 0
    let (sum, overflow) = packedBytes.addingReportingOverflow(turned)
    return overflow ? .max : sum
  }

  func run(tiles: Range<Int>, io: KernelIO) {
    let perBatch = rowBlocks * groups
    if perBatch == 0 { return }
    for i in tiles where i < left.offsets.count * perBatch {
      let (batch, rest) = i.quotientAndRemainder(dividingBy: perBatch)
      run(batch: batch, block: rest / groups, group: rest % groups, io)
    }
  }

  private func run(batch: Int, block: Int, group at: Int, _ io: KernelIO) {
    let column = at * group * table.panelWidth
    let width = min(group * table.panelWidth, columns - column)
    let row = block * rowBlock
    let height = min(rowBlock, rows - row)
    let packed = io.scratch.assumingMemoryBound(to: Float.self)
    pack(batch: batch, column: column, width: width, into: packed, io)

    var args = weft_gemm_args()
    let a = left.source.floats(io) + left.offsets[batch]
    if left.transposed {
      let turned = (io.scratch + packedBytes).assumingMemoryBound(to: Float.self)
      turn(a + row, height: height, into: turned)
      args.a = UnsafePointer(turned)
    } else {
      args.a = a + row * depth
    }
    args.a_stride = depth
    args.packed = UnsafeRawPointer(packed)
    let first = (batch * rows + row) * columns + column
    args.c = io[result].assumingMemoryBound(to: Float.self) + first
    args.c_stride = columns
    args.k = depth
    args.n = width
    epilogue.fill(&args, io)
    args.bias = bias.map { $0.floats(io) + column }
    args.multiplier = args.multiplier.map { $0 + first }
    args.multiplier_stride = columns
    args.residual = args.residual.map { $0 + first }
    args.residual_stride = columns
    table.functions.pointee.gemm(&args, 0, height, 0, ceilingDivision(width, table.panelWidth))
  }

  private func pack(
    batch: Int, column: Int, width: Int, into packed: UnsafeMutablePointer<Float>, _ io: KernelIO
  ) {
    var args = weft_gemm_pack_args()
    let first = right.offsets[batch] + column * (right.transposed ? depth : 1)
    args.source = right.source.bytes(io) + first * right.type.byteCount
    args.type = right.type.kernelType
    args.row_stride = right.transposed ? 1 : columns
    args.column_stride = right.transposed ? depth : 1
    args.k = depth
    args.n = width
    args.packed = UnsafeMutableRawPointer(packed)
    table.functions.pointee.gemm_pack(&args, 0, ceilingDivision(width, table.panelWidth))
  }

  /// Copies `height` columns of a [depth, rows] matrix to rows of `out`.
  private func turn(
    _ a: UnsafePointer<Float>, height: Int, into out: UnsafeMutablePointer<Float>
  ) {
    var args = weft_copy_args()
    args.x = UnsafeRawPointer(a)
    args.out = UnsafeMutableRawPointer(out)
    args.element_size = 4
    args.rank = 2
    args.shape.0 = height
    args.shape.1 = depth
    args.strides.0 = 1
    args.strides.1 = rows
    args.out_row_stride = depth
    table.functions.pointee.copy(&args, 0, height)
  }
}
