extension BlockFormat {
  /// Writes the reals of the block at `block`.
  ///
  /// Each operation is one of f32, in the order of ggml's reference.
  func decode(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
    switch self {
    case .q8_0: Self.decodeBytes(block, out)
    case .q4_0: Self.decodeHalves(block, quants: 2, upperBits: nil, zero: 8, hasMinimum: false, out)
    case .q4_1: Self.decodeHalves(block, quants: 4, upperBits: nil, zero: 0, hasMinimum: true, out)
    case .q5_0: Self.decodeHalves(block, quants: 6, upperBits: 2, zero: 16, hasMinimum: false, out)
    case .q5_1: Self.decodeHalves(block, quants: 8, upperBits: 4, zero: 0, hasMinimum: true, out)
    case .q4_k: Self.decodeParts(block, quants: 16, upperBits: nil, out)
    case .q5_k: Self.decodeParts(block, quants: 48, upperBits: 16, out)
    case .q6_k: Self.decodeSixBits(block, out)
    }
  }

  private static func half(_ at: UnsafeRawPointer) -> Float {
    HalfPrecision.float(fromBinary16: UInt16(littleEndian: at.loadUnaligned(as: UInt16.self)))
  }

  private static func byte(_ block: UnsafeRawPointer, _ at: Int) -> Int32 {
    Int32(block.load(fromByteOffset: at, as: UInt8.self))
  }

  private static func decodeBytes(_ block: UnsafeRawPointer, _ out: UnsafeMutablePointer<Float>) {
    let d = half(block)
    for i in 0..<32 { out[i] = Float(block.load(fromByteOffset: 2 + i, as: Int8.self)) * d }
  }

  /// Formats of 32 with 16 bytes of lower halves from `quants` on.
  private static func decodeHalves(
    _ block: UnsafeRawPointer, quants: Int, upperBits: Int?, zero: Int32, hasMinimum: Bool,
    _ out: UnsafeMutablePointer<Float>
  ) {
    let d = half(block)
    let m = hasMinimum ? half(block + 2) : 0
    let upper = upperBits.map {
      UInt32(littleEndian: (block + $0).loadUnaligned(as: UInt32.self))
    }
    for i in 0..<32 {
      let both = byte(block, quants + i % 16)
      var q = i < 16 ? both & 15 : both >> 4
      if let upper { q |= Int32((upper >> UInt32(i)) & 1) << 4 }
      let value = d * Float(q - zero)
      out[i] = hasMinimum ? value + m : value
    }
  }

  /// The scale and the minimum of part `i`, 6 bits each: parts 4 to 7 have their upper two bits in the
  /// bytes of parts 0 to 3.
  static func scaleAndMinimum(_ scales: UnsafeRawPointer, _ i: Int) -> (Int32, Int32) {
    if i < 4 { return (byte(scales, i) & 63, byte(scales, i + 4) & 63) }
    let both = byte(scales, i + 4)
    return (
      both & 15 | (byte(scales, i - 4) >> 6) << 4, both >> 4 | (byte(scales, i) >> 6) << 4
    )
  }

  /// Formats of 256 in eight parts of 32, of which two share 32 bytes of halves.
  private static func decodeParts(
    _ block: UnsafeRawPointer, quants: Int, upperBits: Int?, _ out: UnsafeMutablePointer<Float>
  ) {
    let (d, m) = (half(block), half(block + 2))
    for part in 0..<8 {
      let (s, t) = scaleAndMinimum(block + 4, part)
      let (scale, minimum) = (d * Float(s), m * Float(t))
      for i in 0..<32 {
        let both = byte(block, quants + part / 2 * 32 + i)
        var q = part % 2 == 0 ? both & 15 : both >> 4
        if let upperBits { q |= (byte(block, upperBits + i) >> Int32(part) & 1) << 4 }
        out[part * 32 + i] = scale * Float(q) - minimum
      }
    }
  }

  /// Two halves of 128: their quarters of 32 share bytes.
  private static func decodeSixBits(_ block: UnsafeRawPointer, _ out: UnsafeMutablePointer<Float>) {
    let d = half(block + 208)
    for i in 0..<256 {
      let (half, quarter, at) = (i / 128, i % 128 / 32, i % 32)
      let lower = byte(block, half * 64 + quarter % 2 * 32 + at) >> (quarter < 2 ? 0 : 4) & 15
      let upper = byte(block, 128 + half * 32 + at) >> Int32(2 * quarter) & 3
      let scale = d * Float(block.load(fromByteOffset: 192 + i / 16, as: Int8.self))
      out[i] = scale * Float((lower | upper << 4) - 32)
    }
  }
}
