import CKernels
import Compiler
import Executor
import Tensors

/// Rows of a table in blocks picked by indices: the reals that they stand for. The table stays as it
/// is stored; of a mapped file only the rows that are asked for are read.
struct BlockGatherKernel: Kernel {
  let name: String
  let table: BlockMatrix
  let index: IndexFault
  let result: Int
  let grid: RowTiles

  /// A kernel that picks rows of `table` by operand 1 of `request`.
  static func binding(
    _ request: KernelRequest, op: String, table: BlockMatrix
  ) -> KernelBinding {
    var binder = OperandBinder(request, op: op)
    let indexDims = request.dims(ofOperand: 1)
    let index = IndexFault(
      source: binder.any(1), type: request.operands[1].dtype, dims: indexDims, rows: table.rows)
    let kernel = BlockGatherKernel(
      name: "\(table.format.rawValue)-gather", table: table, index: index,
      result: binder.result(),
      grid: RowTiles(
        rows: table.columns == 0 ? 0 : indexDims.reduce(1, *),
        bytesPerRow: saturatingProduct([8, table.columns])))
    return KernelBinding(kernel, operands: binder.operands)
  }

  var tiles: Int { grid.count }

  func run(tiles: Range<Int>, io: KernelIO) {
    var args = weft_block_gather_args()
    args.format = table.format.kernelValue
    args.table = table.pointer
    args.table_rows = table.rows
    args.width = table.columns
    args.index = index.source.bytes(io)
    args.index_type = index.type.kernelType
    args.out = io[result].assumingMemoryBound(to: Float.self)
    let rows = grid.rows(tiles)
    let bad = weft_block_gather(&args, rows.lowerBound, rows.upperBound)
    withExtendedLifetime(table.storage) {}
    // SIZE_MAX, which says that all is well, is -1 here.
    if bad >= 0 { io.report(fault: bad) }
  }

  func describe(fault: Int, io: KernelIO) -> String { index.describe(position: fault, io: io) }
}
