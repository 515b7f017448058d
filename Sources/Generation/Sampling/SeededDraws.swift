/// The numbers that choose tokens: the draw of token `i` hangs on the seed and `i` alone.
///
/// SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014) as a
/// function of its counter: integers only, so that all machines draw the same. Since nothing hangs
/// on how many draws came before, drafts that are rejected change no text.
public struct SeededDraws: Sendable {
  private let seed: UInt64

  /// The draws of `seed`.
  public init(seed: UInt64) { self.seed = seed }

  /// Uniform 64 bits for token `i`.
  public func bits(at i: Int) -> UInt64 {
    var z = seed &+ 0x9e37_79b9_7f4a_7c15 &* (UInt64(bitPattern: Int64(i)) &+ 1)
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Uniform in `0 ..< 1` for token `i`.
  public func uniform(at i: Int) -> Double { Double(bits(at: i) >> 11) * 0x1p-53 }
}
