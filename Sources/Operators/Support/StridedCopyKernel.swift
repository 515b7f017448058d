import CKernels
import Compiler
import Executor
import Tensors

/// Copies an array of any strides into a dense one: transpose, slice, broadcast, reshape.
struct StridedCopyKernel: Kernel {
  let name: String
  private let copy: @convention(c) (UnsafePointer<weft_copy_args>?, Int, Int) -> Void
  private let loop: LoopNest
  private let grid: TileGrid
  private let elementSize: Int
  private let start: Int

  /// A copy of the array that starts `start` elements into operand 0 and has these strides, in
  /// elements, to a result of `dims`.
  init(_ op: String, _ request: KernelRequest, strides: [Int], start: Int = 0) {
    let dims = request.dims(ofResult: 0)
    let dtype = request.results[0].dtype
    copy = request.table.functions.pointee.copy
    loop = LoopNest(dims, strides: [strides, Strides.dense(dims)])
    grid = TileGrid(rows: loop.rows, columns: loop.columns)
    elementSize = dtype.byteCount
    self.start = start
    name = "\(dtype)-\(op)-\(request.table.name)"
  }

  var tiles: Int { grid.tiles }

  func run(tiles: Range<Int>, io: KernelIO) {
    for tile in tiles {
      let (rows, columns) = grid.block(tile)
      if columns.isEmpty { continue }
      let columnStride = loop.columnStride(0)
      loop.forEachRegular(rows) { rows in
        let from =
          start + loop.offset(of: rows.lowerBound, in: 0) + columns.lowerBound * columnStride
        let to = loop.offset(of: rows.lowerBound, in: 1) + columns.lowerBound
        var args = weft_copy_args()
        args.x = UnsafeRawPointer(io[0] + from * elementSize)
        args.out = io[1] + to * elementSize
        args.element_size = elementSize
        args.rank = 2
        args.shape.0 = rows.count
        args.shape.1 = columns.count
        args.strides.0 = loop.rowStride(0)
        args.strides.1 = columnStride
        args.out_row_stride = loop.rowStride(1)
        copy(&args, 0, rows.count)
      }
    }
  }
}
