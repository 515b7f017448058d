import Tensors

@testable import Operators

/// Matrices in blocks for tests.
enum Blocks {
  /// `tensor`, a matrix, in blocks of 32: each with the scale that its largest magnitude needs.
  static func rounding(_ tensor: Tensor, to format: BlockFormat) throws -> BlockMatrix {
    precondition(format == .q8_0 || format == .q4_0)
    let values = tensor.floats
    let blocks = values.count / 32
    let storage = try Storage(byteCount: blocks * format.bytesPerBlock)
    for i in 0..<blocks {
      let part = values[32 * i..<32 * (i + 1)]
      let most = part.max { $0.magnitude < $1.magnitude } ?? 0
      // q4_0 goes from -8 to 7.
      let ideal = format == .q8_0 ? most.magnitude / 127 : most / -8
      let half = HalfPrecision.binary16(Double(ideal))
      let scale = HalfPrecision.float(fromBinary16: half)
      let q = part.map { scale == 0 ? 0 : Int(($0 / scale).rounded()) }
      let block = storage.base + i * format.bytesPerBlock
      block.storeBytes(of: half, as: UInt16.self)
      if format == .q8_0 {
        for j in 0..<32 {
          block.storeBytes(of: Int8(min(max(q[j], -127), 127)), toByteOffset: 2 + j, as: Int8.self)
        }
      } else {
        let nibbles = q.map { UInt8(min(max($0 + 8, 0), 15)) }
        for j in 0..<16 {
          let both = nibbles[j] | nibbles[j + 16] << 4
          block.storeBytes(of: both, toByteOffset: 2 + j, as: UInt8.self)
        }
      }
    }
    return try BlockMatrix(
      format: format, rows: tensor.dims[0], columns: tensor.dims[1], storage: storage)
  }

  /// Random bits with scales around 2⁻⁶; those of 256 have a second one.
  static func random(_ format: BlockFormat, _ rows: Int, _ columns: Int) throws -> BlockMatrix {
    let count = rows * columns / format.elementsPerBlock
    let storage = try Storage(byteCount: count * format.bytesPerBlock)
    var samples = Samples(seed: UInt64(rows + columns))
    for i in 0..<storage.byteCount {
      let byte = UInt8(truncatingIfNeeded: Int(samples.unit() * 1e6))
      storage.base.storeBytes(of: byte, toByteOffset: i, as: UInt8.self)
    }
    let hasMinimum = [.q4_1, .q5_1, .q4_k, .q5_k].contains(format)
    for i in 0..<count {
      let block = storage.base + i * format.bytesPerBlock
      for at in format == .q6_k ? [208] : hasMinimum ? [0, 2] : [0] {
        let half = HalfPrecision.binary16(
          (samples.unit() + 2) / 4 / Double(format.elementsPerBlock))
        block.storeBytes(of: half, toByteOffset: at, as: UInt16.self)
      }
    }
    return try BlockMatrix(format: format, rows: rows, columns: columns, storage: storage)
  }
}
