import Foundation

/// Random numbers by position: element `i` of a stream hangs on seed and `i` alone, so that a tensor
/// can be filled on any number of threads and always holds the same.
///
/// SplitMix64's output function over a counter (Steele, Lea and Flood, "Fast Splittable
/// Pseudorandom Number Generators", 2014).
struct RandomNumbers: Sendable {
  private let start: UInt64

  /// The stream of `name` under `seed`: FNV-1a of the name keeps the streams apart.
  init(seed: UInt64, name: String) {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0100_0000_01b3 }
    start = RandomNumbers.mix(seed &+ 0x9e37_79b9_7f4a_7c15) ^ hash
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Uniform 64 bits for position `i`.
  func bits(at i: Int) -> UInt64 {
    RandomNumbers.mix(start &+ 0x9e37_79b9_7f4a_7c15 &* (UInt64(bitPattern: Int64(i)) &+ 1))
  }

  /// Uniform in `0 ..< 1` for position `i`.
  func uniform(at i: Int) -> Double { Double(bits(at: i) >> 11) * 0x1p-53 }

  /// Gaussian of mean 0 and deviation 1 for position `i`, by Box and Muller (1958).
  func normal(at i: Int) -> Double {
    let bits = bits(at: i)
    let radius = Double((bits >> 32) + 1) * 0x1p-32
    let angle = Double(bits & 0xffff_ffff) * 0x1p-32
    return (-2 * log(radius)).squareRoot() * cos(2 * .pi * angle)
  }
}
