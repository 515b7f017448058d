extension BlockFormat {
  /// Rounds `elementsPerBlock` finite reals to a block of `bytesPerBlock` bytes.
  ///
  /// Formats of 32 give the bytes that the gguf package's `quantize` gives. Those of 256, for which
  /// there is no such reference, are searched for: `BlockSearch`.
  public func encode(
    _ x: UnsafePointer<Float>, into block: UnsafeMutableRawPointer
  ) {
    switch self {
    case .q8_0: Self.encodeBytes(x, block)
    case .q4_0: Self.encodeCentered(x, block, largest: 15, upperBits: nil)
    case .q4_1: Self.encodeFromMinimum(x, block, largest: 15, upperBits: nil)
    case .q5_0: Self.encodeCentered(x, block, largest: 31, upperBits: 2)
    case .q5_1: Self.encodeFromMinimum(x, block, largest: 31, upperBits: 4)
    case .q4_k: Self.encodeParts(x, block, largest: 15, quants: 16, upperBits: nil)
    case .q5_k: Self.encodeParts(x, block, largest: 31, quants: 48, upperBits: 16)
    case .q6_k: Self.encodeSixBits(x, block)
    }
  }

  static func store(_ value: Float, _ at: UnsafeMutableRawPointer) {
    at.storeBytes(of: HalfPrecision.binary16(Double(value)).littleEndian, as: UInt16.self)
  }

  private static func encodeBytes(_ x: UnsafePointer<Float>, _ block: UnsafeMutableRawPointer) {
    var most: Float = 0
    for i in 0..<32 { most = max(most, x[i].magnitude) }
    let d = most / 127
    let inverse = d.isNormal ? 1 / d : 0
    store(d, block)
    for i in 0..<32 {
      // Halves go away from zero.
      let q = (x[i] * inverse).rounded(.toNearestOrAwayFromZero)
      block.storeBytes(of: Int8(clamping: Int(q)), toByteOffset: 2 + i, as: Int8.self)
    }
  }

  /// The integer below `value`, which is finite, as a byte: in 0...largest.
  private static func level(_ value: Float, _ largest: Int32) -> UInt8 {
    UInt8(min(max(value, 0), Float(largest)))
  }

  /// Formats whose zero stands in the middle: the number of the largest magnitude is the lowest.
  private static func encodeCentered(
    _ x: UnsafePointer<Float>, _ block: UnsafeMutableRawPointer, largest: Int32, upperBits: Int?
  ) {
    var extreme: Float = 0
    for i in 0..<32 where x[i].magnitude > extreme.magnitude { extreme = x[i] }
    let zero = Float(largest + 1) / 2
    let d = extreme / -zero
    let inverse = d.isNormal ? 1 / d : 0
    store(d, block)
    pack(block, quants: upperBits == nil ? 2 : 6, upperBits) {
      level(x[$0] * inverse + (zero + 0.5), largest)
    }
  }

  /// Formats that count from the block's smallest number.
  private static func encodeFromMinimum(
    _ x: UnsafePointer<Float>, _ block: UnsafeMutableRawPointer, largest: Int32, upperBits: Int?
  ) {
    var (least, most) = (x[0], x[0])
    for i in 1..<32 { (least, most) = (min(least, x[i]), max(most, x[i])) }
    let d = (most - least) / Float(largest)
    let inverse = d.isNormal ? 1 / d : 0
    store(d, block)
    store(least, block + 2)
    pack(block, quants: upperBits == nil ? 4 : 8, upperBits) {
      level((x[$0] - least) * inverse + 0.5, largest)
    }
  }

  /// Writes 32 levels: lower halves in 16 bytes from `quants` on, fifth bits at `upperBits`.
  private static func pack(
    _ block: UnsafeMutableRawPointer, quants: Int, _ upperBits: Int?, _ level: (Int) -> UInt8
  ) {
    var upper: UInt32 = 0
    for i in 0..<16 {
      let (low, high) = (level(i), level(i + 16))
      block.storeBytes(of: low & 15 | high << 4, toByteOffset: quants + i, as: UInt8.self)
      upper |= UInt32(low >> 4) << UInt32(i) | UInt32(high >> 4) << UInt32(i + 16)
    }
    if let upperBits {
      (block + upperBits).storeBytes(of: upper.littleEndian, as: UInt32.self)
    }
  }
}
