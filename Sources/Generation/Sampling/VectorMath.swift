/// Sweeps over logits, sixteen at a time. The same operations in the same order on every machine: no
/// fused multiply-adds, no function of a C library.
enum VectorMath {
  typealias Lanes = SIMD16<Float>
  private static let width = Lanes.scalarCount

  /// The largest number and where it stands first; nil where one is NaN or none is above -∞.
  static func largest(_ x: UnsafeBufferPointer<Float>) -> (index: Int, value: Float)? {
    guard let base = x.baseAddress else { return nil }
    let raw = UnsafeRawPointer(base)
    var most = Lanes(repeating: -.infinity)
    var isNumber = SIMDMask<SIMD16<Int32>>(repeating: true)
    var i = 0
    while i + width <= x.count {
      let lanes = raw.loadUnaligned(fromByteOffset: 4 * i, as: Lanes.self)
      most.replace(with: lanes, where: lanes .> most)
      let isEqual = lanes .== lanes
      isNumber .&= isEqual
      i += width
    }
    var value = most.max()
    var sawNaN = !all(isNumber)
    while i < x.count {
      sawNaN = sawNaN || x[i].isNaN
      value = x[i] > value ? x[i] : value
      i += 1
    }
    guard !sawNaN, value > -.infinity, let index = first(value, in: x) else { return nil }
    return (index, value)
  }

  private static func first(_ value: Float, in x: UnsafeBufferPointer<Float>) -> Int? {
    guard let base = x.baseAddress else { return nil }
    let raw = UnsafeRawPointer(base)
    var i = 0
    while i + width <= x.count {
      if any(raw.loadUnaligned(fromByteOffset: 4 * i, as: Lanes.self) .== value) { break }
      i += width
    }
    while i < x.count {
      if x[i] == value { return i }
      i += 1
    }
    return nil
  }

  /// Writes `exp(x - shift)` for numbers that are at most `shift`, and gives the sum.
  static func exponentials(
    of x: UnsafeBufferPointer<Float>, shift: Float, into y: UnsafeMutableBufferPointer<Float>
  ) -> Double {
    precondition(y.count >= x.count)
    guard let base = x.baseAddress, let target = y.baseAddress else { return 0 }
    let (raw, out) = (UnsafeRawPointer(base), UnsafeMutableRawPointer(target))
    var total = 0.0
    var i = 0
    // Sums of a few hundred numbers in f32, these in f64: a text hangs on the last bit of neither.
    while i + width <= x.count {
      let end = min(i + 32 * width, x.count / width * width)
      var part = Lanes.zero
      while i < end {
        let lanes = raw.loadUnaligned(fromByteOffset: 4 * i, as: Lanes.self)
        let e = exponential(lanes - shift)
        out.storeBytes(of: e, toByteOffset: 4 * i, as: Lanes.self)
        part += e
        i += width
      }
      total += Double(part.sum())
    }
    while i < x.count {
      let e = exponential(Lanes(repeating: x[i] - shift))[0]
      y[i] = e
      total += Double(e)
      i += 1
    }
    return total
  }

  /// `exp(x)` for x ≤ 0, within 2 units in the last place; 0 below -87.
  @inline(__always)
  static func exponential(_ x: Lanes) -> Lanes {
    let low = x .< -87
    let clamped = x.replacing(with: -87, where: low)
    let n = (clamped * 1.442_695_04).rounded(.toNearestOrEven)
    let r = (clamped - n * 0.693_359_375) + n * 2.121_944_4e-4
    var p = r * 1.987_569_1e-4 + 1.398_199_9e-3
    p = p * r + 8.333_452e-3
    p = p * r + 4.166_579_6e-2
    p = p * r + 1.666_666_5e-1
    p = p * r + 0.5
    let e = p * r * r + r + 1
    let exponent = SIMD16<Int32>(truncatingIfNeeded: n) &+ 127
    let scale = unsafeBitCast(exponent &<< 23, to: Lanes.self)
    return (e * scale).replacing(with: 0, where: low)
  }
}

extension SIMD16<Int32> {
  /// Whole numbers of small size.
  @inline(__always)
  fileprivate init(truncatingIfNeeded x: SIMD16<Float>) {
    // Adding 1.5·2²³ leaves the whole number in the low bits: a conversion in two operations.
    let shifted = x + 12_582_912
    self = unsafeBitCast(shifted, to: SIMD16<Int32>.self) &- 0x4B40_0000
  }
}
