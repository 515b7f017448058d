import CKernels
import Compiler
import Executor
import IR
import Tensors

/// What kernels that follow indices share: the extents that a bad index is told with.
struct IndexFault: Sendable {
  /// Where the indices stand in ``KernelIO``.
  let source: OperandSource
  let type: DType
  let dims: [Int]
  /// Indices run from 0 up to this.
  let rows: Int

  /// "index 40000 at [1, 7] is outside a table of 30522 rows"
  func describe(position: Int, io: KernelIO) -> String {
    var (coordinates, rest) = ([Int](), position)
    for dim in dims.reversed() {
      coordinates.insert(rest % max(dim, 1), at: 0)
      rest /= max(dim, 1)
    }
    return "index \(value(position, io)) at \(coordinates) is outside a table of \(rows) rows"
  }

  /// Whether the index at `position` leaves the table.
  func isBad(_ position: Int, _ io: KernelIO) -> Bool {
    !(0..<rows).contains(value(position, io))
  }

  private func value(_ position: Int, _ io: KernelIO) -> Int {
    let at = source.bytes(io) + position * type.byteCount
    return type == .i64
      ? Int(at.loadUnaligned(as: Int64.self)) : Int(at.loadUnaligned(as: Int32.self))
  }
}

/// Rows of a table picked by indices, for each of `outer` tables that follow one another.
struct GatherKernel: Kernel {
  let name: String
  let table: KernelTable
  let source: OperandSource
  let index: IndexFault
  let result: Int
  /// nil: rows are copied as bytes; else the real type that is widened to f32.
  let widened: DType?
  let outer: Int
  let positions: Int
  /// Elements of a row where they are widened, else bytes.
  let width: Int
  /// Bytes of a row in the table and in the result.
  let rowBytes: (from: Int, to: Int)
  let grid: RowTiles

  var tiles: Int { grid.count }

  func run(tiles: Range<Int>, io: KernelIO) {
    var args = weft_gather_args()
    args.type = (widened ?? .f32).kernelType
    args.table_rows = index.rows
    args.width = width
    args.index = index.source.bytes(io)
    args.index_type = index.type.kernelType
    let rows = grid.rows(tiles)
    var next = rows.lowerBound
    while next < rows.upperBound {
      let (part, begin) = next.quotientAndRemainder(dividingBy: positions)
      let end = min(positions, begin + rows.upperBound - next)
      args.table = source.bytes(io) + part * index.rows * rowBytes.from
      args.out = io[result] + part * positions * rowBytes.to
      let bad =
        widened == nil
        ? table.functions.pointee.gather_bytes(&args, begin, end)
        : table.functions.pointee.gather(&args, begin, end)
      // SIZE_MAX, which says that all is well, is -1 here.
      if bad >= 0 { io.report(fault: bad) }
      next += end - begin
    }
  }

  func describe(fault: Int, io: KernelIO) -> String { index.describe(position: fault, io: io) }
}

extension Tensor {
  /// The elements as whole numbers, each checked to lie in `0 ..< rows`.
  func checkedIndices(rows: Int) throws(EvaluationError) -> [Int] {
    let indices = integers
    for index in indices where index < 0 || index >= rows {
      throw .indexOutOfRange(index: index, count: rows)
    }
    return indices
  }
}

extension Tensor {
  /// Rows `indices` of each of `outer` tables that follow one another in `table`.
  static func gathering(
    _ dtype: DType, dims: [Int], from table: Tensor, outer: Int, indices: [Int]
  ) throws -> Tensor {
    let whole = dtype.isInteger
    let result = try Tensor(zeros: dtype, dims: dims)
    guard result.count > 0, outer > 0, !indices.isEmpty else { return result }
    let width = result.count / (outer * indices.count)
    let rows = table.count / (outer * width)
    let sources = (0..<outer).flatMap { part in
      indices.flatMap { index in
        (0..<width).map { (part * rows + index) * width + $0 }
      }
    }
    return whole
      ? try Tensor(dtype, dims: dims, integers: sources.map { table.integer(at: $0) })
      : try Tensor(dtype, dims: dims, doubles: sources.map { table.double(at: $0) })
  }
}

extension GatherKernel {
  /// A kernel that picks along `axis` of operand 0 by operand 1.
  static func binding(
    _ request: KernelRequest, op: String, axis: Int, widened: DType?
  ) throws(KernelError) -> KernelBinding {
    var binder = OperandBinder(request, op: op)
    let dims = request.dims(ofOperand: 0)
    let indexDims = request.dims(ofOperand: 1)
    let from = request.operands[0].dtype.byteCount
    let to = request.results[0].dtype.byteCount
    let width = dims[(axis + 1)...].reduce(1, *)
    let (outer, positions) = (dims[..<axis].reduce(1, *), indexDims.reduce(1, *))
    let source = binder.any(0)
    let index = IndexFault(
      source: binder.any(1), type: request.operands[1].dtype, dims: indexDims, rows: dims[axis])
    let type = widened.map(\.rawValue) ?? "bytes"
    let kernel = GatherKernel(
      name: "\(type)-gather-\(request.table.name)", table: request.table, source: source,
      index: index, result: binder.result(), widened: widened, outer: outer, positions: positions,
      width: widened == nil ? width * from : width, rowBytes: (width * from, width * to),
      grid: RowTiles(
        rows: width == 0 ? 0 : outer * positions, bytesPerRow: width * (from + to)))
    return KernelBinding(kernel, operands: binder.operands)
  }
}
