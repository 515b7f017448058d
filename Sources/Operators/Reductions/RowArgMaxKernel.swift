import CKernels
import Compiler
import Executor
import Tensors

/// Where the largest element of each row of f32 stands, in C.
struct RowArgMaxKernel: Kernel {
  let name: String
  private let argmax: @convention(c) (UnsafePointer<weft_argmax_args>?, Int, Int) -> Void
  private let width: Int
  private let grid: TileGrid

  /// The kernel, or nil where the elements aren't f32 or don't lie in rows.
  init?(_ request: KernelRequest, axis: Int) {
    let dims = request.dims(ofOperand: 0)
    guard request.operands[0].dtype == .f32, dims[axis] > 0,
      dims[(axis + 1)...].allSatisfy({ $0 == 1 })
    else { return nil }
    argmax = request.table.functions.pointee.argmax
    width = dims[axis]
    grid = TileGrid(
      rows: dims[..<axis].reduce(1, *), columns: 1,
      elements: max(1, TileGrid.standardElements / width))
    name = "f32-argmax-\(request.table.name)"
  }

  var tiles: Int { grid.tiles }

  func run(tiles: Range<Int>, io: KernelIO) {
    var args = weft_argmax_args()
    args.x = UnsafePointer(io[0].assumingMemoryBound(to: Float.self))
    args.width = width
    args.out = io[1]
    args.wide = false
    for tile in tiles {
      let rows = grid.block(tile).rows
      argmax(&args, rows.lowerBound, rows.upperBound)
    }
  }
}
