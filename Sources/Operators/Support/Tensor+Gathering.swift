import Tensors

extension Tensor {
  /// The elements at these row-major positions, as they are in memory.
  func gathering(_ positions: [Int], dims: [Int]) throws(TensorError) -> Tensor {
    let result = try Tensor(zeros: dtype, dims: dims)
    let size = dtype.byteCount
    for (i, position) in positions.enumerated() {
      (result.pointer + i * size).copyMemory(from: pointer + position * size, byteCount: size)
    }
    withExtendedLifetime(storage) {}
    return result
  }

  /// The elements of a strided view that starts at element `start`, in row-major order.
  func viewing(dims: [Int], strides: [Int], start: Int = 0) throws(TensorError) -> Tensor {
    var positions = [start]
    for (extent, stride) in zip(dims, strides) {
      positions = positions.flatMap { at in (0..<extent).map { at + $0 * stride } }
    }
    return try gathering(positions, dims: dims)
  }
}
