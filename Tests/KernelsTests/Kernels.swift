import CKernels
import Testing

/// The table of one instruction set that this machine can run.
///
/// @unchecked: the table is a C constant.
struct Kernels: @unchecked Sendable, CustomTestStringConvertible {
  let table: UnsafePointer<weft_kernel_table>

  var testDescription: String { String(cString: table.pointee.name) }
  var lanes: Int { Int(table.pointee.gemm_nr) }

  static let available: [Kernels] = [
    WEFT_ISA_PORTABLE, WEFT_ISA_NEON, WEFT_ISA_AVX2, WEFT_ISA_AVX512,
  ].compactMap { weft_kernels_for($0).map(Kernels.init) }
}

/// SplitMix64: the same numbers on every machine.
struct SplitMix {
  private var state: UInt64

  init(_ seed: Int) { state = UInt64(truncatingIfNeeded: seed) }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  mutating func float(_ range: ClosedRange<Float> = -1...1) -> Float {
    let unit = Float(next() >> 40) / Float(1 << 24)
    return range.lowerBound + unit * (range.upperBound - range.lowerBound)
  }

  mutating func floats(_ count: Int, _ range: ClosedRange<Float> = -1...1) -> [Float] {
    (0..<count).map { _ in float(range) }
  }

  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
}

func bits(_ floats: [Float]) -> [UInt32] { floats.map(\.bitPattern) }

/// The largest |actual - expected| / (1 + |expected|), infinite where one is NaN or infinite and the
/// other isn't the same.
func largestError(_ actual: [Float], _ expected: [Double]) -> Double {
  precondition(actual.count == expected.count)
  var largest = 0.0
  for (a, e) in zip(actual, expected) {
    if e.isNaN || a.isNaN {
      if !(e.isNaN && a.isNaN) { return .infinity }
    } else if e.isInfinite || a.isInfinite {
      if Double(a) != e { return .infinity }
    } else {
      largest = max(largest, abs(Double(a) - e) / (1 + abs(e)))
    }
  }
  return largest
}
