import CKernels
import Compiler
import Executor
import Tensors

/// Copies each operand into its columns of a result seen as [axes before, axis and axes after].
struct ConcatKernel: Kernel {
  let name: String
  private let copy: @convention(c) (UnsafePointer<weft_copy_args>?, Int, Int) -> Void
  /// The column where each operand starts, and the width of the result.
  private let starts: [Int]
  private let elementSize: Int
  private let grid: TileGrid

  init(_ request: KernelRequest, axis: Int) {
    let dtype = request.results[0].dtype
    copy = request.table.functions.pointee.copy
    elementSize = dtype.byteCount
    starts = request.operands.indices.reduce(into: [0]) { starts, i in
      starts.append(starts[i] + request.dims(ofOperand: i)[axis...].reduce(1, *))
    }
    let rows = request.dims(ofResult: 0)[..<axis].reduce(1, *)
    grid = TileGrid(rows: rows, columns: starts[starts.count - 1])
    name = "\(dtype)-concat-\(request.table.name)"
  }

  var tiles: Int { grid.tiles }

  func run(tiles: Range<Int>, io: KernelIO) {
    let width = starts[starts.count - 1]
    for tile in tiles {
      let (rows, columns) = grid.block(tile)
      for i in 0..<starts.count - 1 {
        let begin = max(columns.lowerBound, starts[i])
        let end = min(columns.upperBound, starts[i + 1])
        if begin >= end { continue }
        let ownWidth = starts[i + 1] - starts[i]
        let from = rows.lowerBound * ownWidth + begin - starts[i]
        var args = weft_copy_args()
        args.x = UnsafeRawPointer(io[i] + from * elementSize)
        args.out = io[starts.count - 1] + (rows.lowerBound * width + begin) * elementSize
        args.element_size = elementSize
        args.rank = 2
        args.shape.0 = rows.count
        args.shape.1 = end - begin
        args.strides.0 = ownWidth
        args.strides.1 = 1
        args.out_row_stride = width
        copy(&args, 0, rows.count)
      }
    }
  }
}
