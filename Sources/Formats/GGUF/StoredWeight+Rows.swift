import Tensors

extension StoredWeight {
  /// Where llama.cpp's converter has the rows of heads that Hugging Face has: element i of a head's
  /// first and second half stand side by side there.
  static func halves(_ rows: Int, heads: Int) -> [Int] {
    let size = rows / heads
    return (0..<rows).map { row in
      let (head, at) = row.quotientAndRemainder(dividingBy: size)
      return head * size + 2 * (at % (size / 2)) + at / (size / 2)
    }
  }

  /// Where Hugging Face has the rows of heads that llama.cpp's converter has: the inverse of `halves`.
  static func pairs(_ rows: Int, heads: Int) -> [Int] {
    let size = rows / heads
    return (0..<rows).map { row in
      let (head, at) = row.quotientAndRemainder(dividingBy: size)
      return head * size + at % 2 * (size / 2) + at / 2
    }
  }

  /// The weight whose row i is row `order[i]`; rows stay as they are stored, and are copied when somebody
  /// reads them.
  func withRows(_ order: [Int]) throws(TensorError) -> StoredWeight {
    switch self {
    case .dense(let tensor):
      let storage = try Storage(
        ReorderedRows(
          of: tensor.storage, tensor.byteOffset..<tensor.byteOffset + tensor.byteCount,
          order: order))
      return .dense(try Tensor(dtype: tensor.dtype, dims: tensor.dims, storage: storage))
    case .blocks(let matrix):
      let storage = try Storage(
        ReorderedRows(
          of: matrix.storage, matrix.byteOffset..<matrix.byteOffset + matrix.byteCount,
          order: order))
      return .blocks(
        try BlockMatrix(
          format: matrix.format, rows: matrix.rows, columns: matrix.columns, storage: storage))
    case .int8: return self
    }
  }

  /// Each element of a tensor of reals plus `amount`, in f32; blocks stay.
  func shifted(by amount: Float) throws(TensorError) -> StoredWeight {
    guard case .dense(let tensor) = self, tensor.dtype.isFloatingPoint else { return self }
    return .dense(try Tensor(dims: tensor.dims, floats: tensor.floats.map { $0 + amount }))
  }
}
