extension BlockFormat {
  /// Formats of 256 in eight parts of 32: a scale and a minimum for each part, then 6 bits for both.
  static func encodeParts(
    _ x: UnsafePointer<Float>, _ block: UnsafeMutableRawPointer, largest: Int, quants: Int,
    upperBits: Int?
  ) {
    let parts = (0..<8).map { part in
      BlockSearch.fromMinimum(x + part * 32, count: 32, largest: largest)
    }
    let d = rounded((parts.map(\.scale).max() ?? 0) / 63)
    let m = rounded((parts.map(\.minimum).max() ?? 0) / 63)
    let scales = parts.map { d == 0 ? 0 : UInt8(BlockSearch.level($0.scale / d, 0, 63)) }
    let minima = parts.map { m == 0 ? 0 : UInt8(BlockSearch.level($0.minimum / m, 0, 63)) }
    store(d, block)
    store(m, block + 2)
    storeScales(scales, minima, block + 4)
    for i in quants..<quants + 128 { block.storeBytes(of: 0, toByteOffset: i, as: UInt8.self) }
    if let upperBits {
      for i in 0..<32 { block.storeBytes(of: 0, toByteOffset: upperBits + i, as: UInt8.self) }
    }
    let bytes = block.assumingMemoryBound(to: UInt8.self)
    for part in 0..<8 {
      // Levels for the scale and minimum as they were rounded.
      let (scale, minimum) = (d * Float(scales[part]), m * Float(minima[part]))
      let inverse = scale == 0 ? 0 : 1 / scale
      for i in 0..<32 {
        let q = UInt8(BlockSearch.level((x[part * 32 + i] + minimum) * inverse, 0, largest))
        bytes[quants + part / 2 * 32 + i] |= part % 2 == 0 ? q & 15 : (q & 15) << 4
        if let upperBits { bytes[upperBits + i] |= (q >> 4) << UInt8(part) }
      }
    }
  }

  /// Eight scales and minima of 6 bits in 12 bytes, as ``scaleAndMinimum(_:_:)`` reads them.
  private static func storeScales(
    _ scales: [UInt8], _ minima: [UInt8], _ at: UnsafeMutableRawPointer
  ) {
    let bytes = at.assumingMemoryBound(to: UInt8.self)
    for i in 0..<4 {
      bytes[i] = scales[i] | (scales[i + 4] >> 4) << 6
      bytes[i + 4] = minima[i] | (minima[i + 4] >> 4) << 6
      bytes[i + 8] = scales[i + 4] & 15 | (minima[i + 4] & 15) << 4
    }
  }

  /// Sixteen parts of 16, each with a scale of 8 bits.
  static func encodeSixBits(_ x: UnsafePointer<Float>, _ block: UnsafeMutableRawPointer) {
    var levels = [Int](repeating: 0, count: 16)
    let scales = (0..<16).map { part in
      BlockSearch.centered(x + part * 16, count: 16, lowest: 32, levels: &levels)
    }
    let extreme = scales.reduce(0) { $1.magnitude > $0.magnitude ? $1 : $0 }
    let d = rounded(extreme / -128)
    store(d, block + 208)
    let bytes = block.assumingMemoryBound(to: UInt8.self)
    for i in 0..<192 { bytes[i] = 0 }
    for part in 0..<16 {
      let s = d == 0 ? 0 : BlockSearch.level(scales[part] / d, -128, 127)
      block.storeBytes(of: Int8(s), toByteOffset: 192 + part, as: Int8.self)
      let scale = d * Float(s)
      let inverse = scale == 0 ? 0 : 1 / scale
      for i in part * 16..<part * 16 + 16 {
        let q = UInt8(BlockSearch.level(x[i] * inverse, -32, 31) + 32)
        let (half, quarter, at) = (i / 128, i % 128 / 32, i % 32)
        bytes[half * 64 + quarter % 2 * 32 + at] |= quarter < 2 ? q & 15 : (q & 15) << 4
        bytes[128 + half * 32 + at] |= (q >> 4) << UInt8(2 * quarter)
      }
    }
  }

  /// The number as f16 holds it.
  private static func rounded(_ value: Float) -> Float {
    HalfPrecision.float(fromBinary16: HalfPrecision.binary16(Double(value)))
  }
}
