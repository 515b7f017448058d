import Compiler
import IR
import Tensors

/// Rows of a table: y[…] = table[indices[…]].
///
/// table [rows, ...], indices i32 or i64 [...] → indices' shape + table's shape without its first
/// axis. A table of f16 or bf16 gives f32. An index outside the table fails the run.
public struct Embedding: PlainOp {
  public static let signature = OpSignature(
    "embedding", "Rows of a table picked by indices.", category: .embedding,
    operands: [.required("table"), .required("indices")])

  public init() {}

  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try operands.check(count: 2)
    let table = try operands.check(0, rankAtLeast: 1)
    try operands.check(1, dtypes: [.i32, .i64])
    let dtype: DType = table.dtype.isFloatingPoint ? .f32 : table.dtype
    return [TensorType(dtype, Shape(operands[1].shape.dims + table.shape.dims.dropFirst()))]
  }
}

extension Embedding: Costed {
  public func flops(_ operands: [TensorType], _ results: [TensorType]) -> Int { 0 }

  public func bytesRead(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    Cost.byteCount([operands[1], TensorType(operands[0].dtype, results[0].shape)])
  }
}

extension Embedding: RowReading {
  public func rowsRead(ofOperand i: Int, _ operands: [TensorType]) -> RowsRead {
    i == 0 ? .picked(saturatingProduct(operands[1].shape.values ?? [])) : .all
  }
}

extension Embedding: Evaluable {
  public func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let type = try resultTypes(operands.map(\.type))[0]
    let table = operands[0]
    let rows = table.dims[0]
    let indices = try operands[1].checkedIndices(rows: rows)
    return [
      try Tensor.gathering(
        type.dtype, dims: type.shape.values ?? [], from: table, outer: 1, indices: indices)
    ]
  }
}

extension Embedding: KernelProviding {
  public func readsStored(_ operand: Int) -> Bool { operand == 0 }

  public func readsBlocks(_ operand: Int, _ weight: BlockMatrix) -> Bool { operand == 0 }

  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    if let table = request.blocks(0) {
      return BlockGatherKernel.binding(request, op: name, table: table)
    }
    let widened = request.operands[0].dtype.isFloatingPoint ? request.operands[0].dtype : nil
    return try GatherKernel.binding(request, op: name, axis: 0, widened: widened)
  }
}
