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

  /// A copy whose row i is row `order[i]`; rows stay as they are stored.
  func withRows(_ order: [Int]) throws(TensorError) -> StoredWeight {
    switch self {
    case .dense(let tensor):
      let copy = try Tensor(uninitialized: tensor.dtype, dims: tensor.dims)
      StoredWeight.copyRows(order, tensor.pointer, copy.pointer, byteCount: tensor.byteCount)
      return .dense(copy)
    case .blocks(let matrix):
      let storage = try Storage(uninitializedByteCount: matrix.byteCount)
      StoredWeight.copyRows(order, matrix.pointer, storage.base, byteCount: matrix.byteCount)
      return .blocks(
        try BlockMatrix(
          format: matrix.format, rows: matrix.rows, columns: matrix.columns, storage: storage))
    case .int8: return self
    }
  }

  private static func copyRows(
    _ order: [Int], _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, byteCount: Int
  ) {
    guard !order.isEmpty else { return }
    let size = byteCount / order.count
    for (row, from) in order.enumerated() {
      (target + row * size).copyMemory(from: source + from * size, byteCount: size)
    }
  }

  /// Each element of a tensor of reals plus `amount`, in f32; blocks stay.
  func shifted(by amount: Float) throws(TensorError) -> StoredWeight {
    guard case .dense(let tensor) = self, tensor.dtype.isFloatingPoint else { return self }
    return .dense(try Tensor(dims: tensor.dims, floats: tensor.floats.map { $0 + amount }))
  }
}
