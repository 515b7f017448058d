import CKernels
import Compiler
import Executor
import IR
import Tensors

/// Turns the pairs of each token; tiles are tokens.
struct RotaryKernel: Kernel {
  let name: String
  let table: KernelTable
  let x: OperandSource
  let turns: OperandSource
  let result: Int
  /// Rows of x that follow one another and have rows of `turns` of their own.
  let period: Int
  let heads: Int
  let headSize: Int
  let pairs: Int
  let interleaved: Bool
  let grid: RowTiles

  var tiles: Int { grid.count }

  func run(tiles: Range<Int>, io: KernelIO) {
    var args = weft_rotary_args()
    let width = heads * headSize
    args.x_stride = width
    args.out_stride = width
    args.table_stride = 2 * pairs
    args.heads = heads
    args.head_size = headSize
    args.rotary_size = 2 * pairs
    args.interleaved = interleaved
    args.cos = turns.floats(io)
    args.sin = turns.floats(io) + pairs
    let rows = grid.rows(tiles)
    let (from, to) = (x.floats(io), io[result].assumingMemoryBound(to: Float.self))
    var next = rows.lowerBound
    while next < rows.upperBound {
      let (batch, begin) = next.quotientAndRemainder(dividingBy: period)
      let end = min(period, begin + rows.upperBound - next)
      args.x = from + batch * period * width
      args.out = to + batch * period * width
      table.functions.pointee.rotary(&args, begin, end)
      next += end - begin
    }
  }
}

extension Rotary: KernelProviding {
  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    var binder = OperandBinder(request, op: name)
    guard request.results[0].dtype == .f32 else { throw binder.unsupported }
    let (dims, turned) = (request.dims(ofOperand: 0), request.dims(ofOperand: 1))
    let size = dims[2] / heads
    let kernel = RotaryKernel(
      name: "f32-rotary-\(request.table.name)", table: request.table, x: try binder.f32(0),
      turns: try binder.f32(1), result: binder.result(),
      period: turned.count == 2 ? dims[1] : dims[0] * dims[1], heads: heads, headSize: size,
      pairs: turned[turned.count - 1] / 2, interleaved: interleaved,
      grid: RowTiles(
        rows: dims[0] * dims[1], bytesPerRow: saturatingProduct([8, heads, max(size, 1)])))
    return KernelBinding(kernel, operands: binder.operands)
  }
}
