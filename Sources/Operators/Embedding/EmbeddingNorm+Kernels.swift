import CKernels
import Compiler
import Executor
import IR
import Tensors

extension EmbeddingNorm: Evaluable {
  public func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let type = try resultTypes(operands.map(\.type))[0]
    let dims = type.shape.values ?? []
    let width = dims.last ?? 1
    var sum = [Double](repeating: 0, count: dims.reduce(1, *))
    for (source, at) in zip(sources, sourcePositions) {
      let table = operands[at]
      let rows = max(table.count / max(width, 1), 1)
      let indices =
        source == .indices ? try operands[at + 1].checkedIndices(rows: table.dims[0]) : []
      let period = source == .positions ? dims[dims.count - 2] : rows
      for i in sum.indices {
        let (position, j) = i.quotientAndRemainder(dividingBy: width)
        let row = source == .indices ? indices[position] : position % period
        sum[i] += table.double(at: row * width + j)
      }
    }
    var result: [Double] = []
    for start in stride(from: 0, to: sum.count, by: max(width, 1)) {
      let row = LayerNorm.normalize(Array(sum[start..<start + width]), epsilon: epsilon)
      for (j, value) in row.enumerated() {
        let weight = weightPosition.map { operands[$0].double(at: j) } ?? 1
        let bias = biasPosition.map { operands[$0].double(at: j) } ?? 0
        result.append(value * weight + bias)
      }
    }
    return [try Tensor(.f32, dims: dims, doubles: result)]
  }
}

extension EmbeddingNorm: KernelProviding {
  public func readsStored(_ operand: Int) -> Bool { true }

  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    var binder = OperandBinder(request, op: name)
    let dims = request.dims(ofResult: 0)
    let width = dims.last ?? 1
    let positions = dims.dropLast().reduce(1, *)
    var parts: [EmbeddingNormKernel.Part] = []
    for (source, at) in zip(sources, sourcePositions) {
      let tableRows = request.dims(ofOperand: at).reduce(1, *) / max(width, 1)
      let table = binder.any(at)
      var index: IndexFault?
      if source == .indices {
        index = IndexFault(
          source: binder.any(at + 1), type: request.operands[at + 1].dtype,
          dims: request.dims(ofOperand: at + 1), rows: tableRows)
      }
      let period = source == .positions ? dims[dims.count - 2] : tableRows
      parts.append(
        .init(
          table: table, type: request.operands[at].dtype, rows: tableRows, index: index,
          period: period))
    }
    let gamma = try weightPosition.map { (i) throws(KernelError) in try binder.f32(i) }
    let beta = try biasPosition.map { (i) throws(KernelError) in try binder.f32(i) }
    let kernel = EmbeddingNormKernel(
      name: "f32-embedding_norm-\(request.table.name)", table: request.table, parts: parts,
      gamma: gamma, beta: beta, epsilon: Float(epsilon), width: width, result: binder.result(),
      grid: RowTiles(
        rows: width == 0 ? 0 : positions,
        bytesPerRow: saturatingProduct([4 * (parts.count + 1), width])))
    return KernelBinding(kernel, operands: binder.operands)
  }
}

/// Sums rows of up to four tables and normalizes them.
struct EmbeddingNormKernel: Kernel {
  /// One table, and what picks its rows.
  struct Part: Sendable {
    let table: OperandSource
    let type: DType
    let rows: Int
    let index: IndexFault?
    let period: Int
  }

  let name: String
  let table: KernelTable
  let parts: [Part]
  let gamma: OperandSource?
  let beta: OperandSource?
  let epsilon: Float
  let width: Int
  let result: Int
  let grid: RowTiles

  var tiles: Int { grid.count }

  func run(tiles: Range<Int>, io: KernelIO) {
    var args = weft_embedding_args()
    for (i, part) in parts.enumerated() {
      var source = weft_embedding_source()
      source.table = part.table.bytes(io)
      source.type = part.type.kernelType
      source.table_rows = part.rows
      source.index = part.index?.source.bytes(io)
      source.index_type = (part.index?.type ?? .i32).kernelType
      source.period = part.period
      switch i {
      case 0: args.sources.0 = source
      case 1: args.sources.1 = source
      case 2: args.sources.2 = source
      default: args.sources.3 = source
      }
    }
    args.source_count = parts.count
    args.normalize = true
    args.gamma = gamma?.floats(io)
    args.beta = beta?.floats(io)
    args.epsilon = epsilon
    args.width = width
    args.out = io[result].assumingMemoryBound(to: Float.self)
    let rows = grid.rows(tiles)
    let bad = table.functions.pointee.embedding_sum_norm(
      &args, rows.lowerBound, rows.upperBound)
    // SIZE_MAX, which says that all is well, is -1 here.
    if bad >= 0 { io.report(fault: bad) }
  }

  func describe(fault: Int, io: KernelIO) -> String {
    for case let index? in parts.map(\.index) where index.isBad(fault, io) {
      return index.describe(position: fault, io: io)
    }
    return "an index is outside its table"
  }
}
