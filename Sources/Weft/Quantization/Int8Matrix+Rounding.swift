import Foundation

extension Int8Matrix {
  /// `weight` in 8 bits: each row or column divided by its largest magnitude / 127 and rounded to the
  /// nearest integer, of two to the even one.
  ///
  /// The error of an element is at most half a scale. A channel whose numbers are all below 2⁻¹¹⁰
  /// becomes zeros. Docs/Quantization.md says why no scale is searched for.
  ///
  /// - Throws: ``QuantizationError`` for NaN and infinities.
  init(rounding weight: Tensor, scaled: Axis, name: String) throws {
    let (rows, columns) = (weight.dims[0], weight.dims[1])
    let dense = weight.dtype == .f32 ? weight : try Tensor(dims: weight.dims, floats: weight.floats)
    let w = dense.pointer.assumingMemoryBound(to: Float.self)
    let largest = try Self.largest(w, rows, columns, scaled, name)
    let inverses = largest.map { $0 < 0x1p-110 ? 0 : 127 / $0 }
    let storage = try Storage(uninitializedByteCount: rows * columns)
    let q = storage.base.assumingMemoryBound(to: Int8.self)
    inverses.withUnsafeBufferPointer { inverses in
      for i in 0..<rows {
        for j in 0..<columns {
          let at = i * columns + j
          let rounded = (w[at] * inverses[scaled == .rows ? i : j]).rounded(.toNearestOrEven)
          q[at] = Int8(min(max(rounded, -127), 127))
        }
      }
    }
    withExtendedLifetime(dense) {}
    try self.init(
      rows: rows, columns: columns, storage: storage,
      scales: Tensor(
        dims: [largest.count], floats: largest.map { $0 < 0x1p-110 ? 0 : $0 / 127 }),
      scaled: scaled)
  }

  /// The largest magnitude of each row or column.
  private static func largest(
    _ w: UnsafePointer<Float>, _ rows: Int, _ columns: Int, _ scaled: Axis, _ name: String
  ) throws -> [Float] {
    var largest = [Float](repeating: 0, count: scaled == .rows ? rows : columns)
    for i in 0..<rows {
      for j in 0..<columns {
        let value = w[i * columns + j]
        guard value.isFinite else {
          throw QuantizationError.notFinite(weight: name, index: i * columns + j, value: value)
        }
        let channel = scaled == .rows ? i : j
        largest[channel] = max(largest[channel], value.magnitude)
      }
    }
    return largest
  }
}
