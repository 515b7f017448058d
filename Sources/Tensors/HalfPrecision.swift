/// Conversions of the two 16-bit float formats, rounding to nearest, ties to even.
///
/// Written on bit patterns: Swift's `Float16` doesn't exist on every platform that Weft builds for.
public enum HalfPrecision {
  /// The value of an IEEE 754 binary16 bit pattern.
  ///
  /// Without branches, so that loops over many become vector code: the multiplication makes a
  /// subnormal number a normal one, exactly.
  public static func float(fromBinary16 bits: UInt16) -> Float {
    let magnitude = Float(bitPattern: UInt32(bits & 0x7fff) << 13) * 0x1p112
    let special: UInt32 = bits & 0x7c00 == 0x7c00 ? 0x7f80_0000 : 0
    return Float(bitPattern: magnitude.bitPattern | special | UInt32(bits & 0x8000) << 16)
  }

  /// The value of a bfloat16 bit pattern.
  public static func float(fromBFloat16 bits: UInt16) -> Float {
    Float(bitPattern: UInt32(bits) << 16)
  }

  /// The binary16 nearest to `value`.
  public static func binary16(_ value: Double) -> UInt16 {
    let sign: UInt16 = value.sign == .minus ? 0x8000 : 0
    if value.isNaN { return sign | 0x7e00 }
    let magnitude = value.magnitude
    if magnitude >= 65520 { return sign | 0x7c00 }
    if magnitude < 0x1p-14 {
      return sign | UInt16((magnitude * 0x1p24).rounded(.toNearestOrEven))
    }
    let exponent = Int(magnitude.exponent)
    let significand = (magnitude.significand * 1024).rounded(.toNearestOrEven)
    // A significand of 2048 carries into the exponent by plain addition.
    return sign | UInt16((exponent + 15) << 10) + UInt16(significand) - 1024
  }

  /// The bfloat16 nearest to `value`.
  ///
  /// `value` is rounded once: a detour through binary32 would round twice.
  public static func bfloat16(_ value: Double) -> UInt16 {
    if value.isNaN { return 0x7fc0 }
    let wide = Float(value)
    // Round to odd first, so that the second rounding sees every lost bit.
    var bits = wide.bitPattern
    if Double(wide) != value, wide.isFinite {
      if wide.magnitude > Float(0), Double(wide.magnitude) > value.magnitude { bits -= 1 }
      bits |= 1
    }
    let rounding = 0x7fff + ((bits >> 16) & 1)
    return UInt16(truncatingIfNeeded: (bits &+ rounding) >> 16)
  }
}
