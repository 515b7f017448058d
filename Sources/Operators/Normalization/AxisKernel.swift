import CKernels
import Compiler
import Executor
import Tensors

/// A function of whole axes, such as softmax: rows directly, other axes through scratch.
struct AxisKernel: Kernel {
  /// Which function.
  enum Function: Sendable {
    case softmax
    case l2Normalize(epsilon: Float)
  }

  let name: String
  let table: KernelTable
  let function: Function
  let x: OperandSource
  let result: Int
  /// Elements of the axis.
  let width: Int
  /// Elements between two neighbours on the axis.
  let inner: Int
  let grid: RowTiles

  /// A kernel over `axis` of f32 operand 0.
  static func binding(
    _ request: KernelRequest, op: String, axis: Int, function: Function
  ) throws(KernelError) -> KernelBinding {
    var binder = OperandBinder(request, op: op)
    guard request.results[0].dtype == .f32 else { throw binder.unsupported }
    let dims = request.dims(ofOperand: 0)
    let width = dims[axis]
    let x = try binder.f32(0)
    let rows = (dims[..<axis] + dims[(axis + 1)...]).reduce(1, *)
    let kernel = AxisKernel(
      name: "f32-\(op)-\(request.table.name)", table: request.table, function: function, x: x,
      result: binder.result(), width: width, inner: dims[(axis + 1)...].reduce(1, *),
      grid: RowTiles(rows: rows, bytesPerRow: saturatingProduct([8, width])))
    return KernelBinding(kernel, operands: binder.operands)
  }

  var tiles: Int { grid.count }

  var scratchByteCount: Int { inner == 1 ? 0 : saturatingProduct([4, width]) }

  func run(tiles: Range<Int>, io: KernelIO) {
    let rows = grid.rows(tiles)
    let from = x.floats(io)
    let to = io[result].assumingMemoryBound(to: Float.self)
    if inner == 1 { return apply(from, to, rows) }
    let line = io.scratch.assumingMemoryBound(to: Float.self)
    for row in rows {
      let start = row / inner * width * inner + row % inner
      for i in 0..<width { line[i] = from[start + i * inner] }
      apply(UnsafePointer(line), line, 0..<1)
      for i in 0..<width { to[start + i * inner] = line[i] }
    }
  }

  private func apply(
    _ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>, _ rows: Range<Int>
  ) {
    let kernels = table.functions
    switch function {
    case .softmax:
      kernels.pointee.softmax(from, to, width, rows.lowerBound, rows.upperBound)
    case .l2Normalize(let epsilon):
      kernels.pointee.l2_normalize(from, to, width, epsilon, rows.lowerBound, rows.upperBound)
    }
  }
}

extension Tensor {
  /// The tensor with `function` applied to every line along `axis`.
  func mappingLines(along axis: Int, _ function: ([Double]) -> [Double]) throws -> Tensor {
    let (width, inner) = (dims[axis], dims[(axis + 1)...].reduce(1, *))
    let values = doubles
    var result = values
    guard width > 0 else { return self }
    for line in 0..<count / width {
      let start = line / inner * width * inner + line % inner
      let mapped = function((0..<width).map { values[start + $0 * inner] })
      for i in 0..<width { result[start + i * inner] = mapped[i] }
    }
    return try Tensor(dtype, dims: dims, doubles: result)
  }
}
