import Dispatch

extension BlockMatrix {
  /// `tensor`, a matrix of finite reals, rounded to blocks, on all cores; any number of them gives the
  /// same bytes.
  ///
  /// - Throws: ``TensorError`` where rows aren't whole blocks, or there is no memory.
  public init(rounding tensor: Tensor, to format: BlockFormat) throws(TensorError) {
    guard tensor.dims.count == 2 else {
      throw .unevenBlocks(format, columns: tensor.dims.last ?? 0)
    }
    let (rows, columns) = (tensor.dims[0], tensor.dims[1])
    let storage = try Storage(
      uninitializedByteCount: try BlockMatrix.byteCount(format, [rows, columns]))
    try self.init(format: format, rows: rows, columns: columns, storage: storage)
    let dense = tensor.dtype == .f32 ? tensor : try tensor.converted(to: .f32)
    let work = Rounding(
      source: dense.pointer.assumingMemoryBound(to: Float.self), target: storage.base,
      format: format, columns: columns, bytesPerRow: bytesPerRow)
    DispatchQueue.concurrentPerform(iterations: rows) { work.round(row: $0) }
    withExtendedLifetime(dense) {}
  }

  /// `@unchecked Sendable`: each row is written by one thread, and read by none until all are done.
  private struct Rounding: @unchecked Sendable {
    let source: UnsafePointer<Float>
    let target: UnsafeMutableRawPointer
    let format: BlockFormat
    let columns: Int
    let bytesPerRow: Int

    func round(row: Int) {
      let (from, to) = (source + row * columns, target + row * bytesPerRow)
      for i in 0..<columns / format.elementsPerBlock {
        format.encode(
          from + i * format.elementsPerBlock, into: to + i * format.bytesPerBlock)
      }
    }
  }
}
