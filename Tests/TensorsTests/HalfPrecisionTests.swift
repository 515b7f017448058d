import Testing

@testable import Tensors

@Suite struct HalfPrecisionTests {
  @Test func `every binary16 pattern survives the way through Float`() {
    for bits in UInt16.min ... .max {
      let value = HalfPrecision.float(fromBinary16: bits)
      let isNaN = bits & 0x7c00 == 0x7c00 && bits & 0x3ff != 0
      #expect(value.isNaN == isNaN)
      if !isNaN { #expect(HalfPrecision.binary16(Double(value)) == bits) }
    }
  }

  @Test func `every bfloat16 pattern survives the way through Float`() {
    for bits in UInt16.min ... .max {
      let value = HalfPrecision.float(fromBFloat16: bits)
      let isNaN = bits & 0x7f80 == 0x7f80 && bits & 0x7f != 0
      #expect(value.isNaN == isNaN)
      if !isNaN { #expect(HalfPrecision.bfloat16(Double(value)) == bits) }
    }
  }

  /// Between two neighbors: below the middle down, above it up, on it to the even one.
  @Test func `values between two patterns round to nearest, ties to even`() {
    typealias Format = (
      last: UInt16, decode: (UInt16) -> Float, encode: (Double) -> UInt16
    )
    let formats: [Format] = [
      (0x7bfe, HalfPrecision.float(fromBinary16:), HalfPrecision.binary16),
      (0x7f7e, HalfPrecision.float(fromBFloat16:), HalfPrecision.bfloat16),
    ]
    for format in formats {
      for bits in 0...format.last {
        let (low, high) = (Double(format.decode(bits)), Double(format.decode(bits + 1)))
        let middle = low + (high - low) / 2
        let even = bits.isMultiple(of: 2) ? bits : bits + 1
        if format.encode(middle) != even || format.encode(middle.nextDown) != bits
          || format.encode(middle.nextUp) != bits + 1
          || format.encode(-middle) != even | 0x8000
        {
          Issue.record("between \(low) and \(high)")
        }
      }
    }
  }

  @Test func `values beyond the largest become infinite from the middle on`() {
    #expect(HalfPrecision.binary16(65519.99) == 0x7bff)
    #expect(HalfPrecision.binary16(65520) == 0x7c00)
    #expect(HalfPrecision.binary16(-1e300) == 0xfc00)
    #expect(HalfPrecision.binary16(.infinity) == 0x7c00)
    #expect(HalfPrecision.bfloat16(1e39) == 0x7f80)
    let middle = 0x1.ffp127
    #expect(HalfPrecision.bfloat16(middle.nextDown) == 0x7f7f)
    #expect(HalfPrecision.bfloat16(middle) == 0x7f80)
    #expect(HalfPrecision.bfloat16(-.infinity) == 0xff80)
  }
}
