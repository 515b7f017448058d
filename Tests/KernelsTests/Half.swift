import Foundation

/// binary16 by its definition: Float16 isn't there on every platform.
enum Half {
  static func decode(_ half: UInt16) -> Double {
    let sign: Double = half & 0x8000 == 0 ? 1 : -1
    let exponent = Int(half >> 10) & 31
    let fraction = Double(half & 1023) / 1024
    switch exponent {
    case 0: return sign * fraction * pow(2, -14)
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default: return sign * (1 + fraction) * pow(2, Double(exponent - 15))
    }
  }

  /// The nearest half at or below |x|: enough to make test data.
  static func encode(_ x: Float) -> UInt16 {
    var low: UInt16 = 0
    var high: UInt16 = 0x7bff
    while low < high {
      let middle = low + (high - low + 1) / 2
      if decode(middle) <= Double(abs(x)) { low = middle } else { high = middle - 1 }
    }
    return x < 0 ? low | 0x8000 : low
  }
}
