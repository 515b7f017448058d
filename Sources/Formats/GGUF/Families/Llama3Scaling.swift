import Foundation

/// Llama 3's scaling of rotary positions, told from how much slower each pair turns.
struct Llama3Scaling {
  let factor: Double
  let low: Double
  let high: Double
  let original: Int

  /// What Meta's models have.
  private static let usual = (low: 1.0, high: 4.0, original: 8192)

  /// The scaling that makes pair i of `slower.count` turn `slower[i]` times slower; nil where none does.
  init?(_ slower: [Double], base: Double) {
    guard slower.count > 1, base > 1, let factor = slower.max(), factor > 1 else { return nil }
    let lengths = slower.indices.map { i in
      2 * Double.pi * pow(base, Double(i) / Double(slower.count))
    }
    var candidates = [
      Llama3Scaling(factor, Self.usual.low, Self.usual.high, Self.usual.original)
    ]
    // kept = (original / length − low) / (high − low): with low = 1, the rest follows from two points.
    let kept = slower.map { (1 / $0 - 1 / factor) / (1 - 1 / factor) }
    let between = kept.indices.filter { kept[$0] > 1e-4 && kept[$0] < 1 - 1e-4 }
    if let a = between.first, let b = between.last, a < b {
      let slope = (kept[a] - kept[b]) / (1 / lengths[a] - 1 / lengths[b])
      let start = kept[a] - slope / lengths[a]
      if slope > 0, start < 0 {
        let span = -1 / start
        let original = (slope * span).rounded()
        if original >= 1, original < 1e9 {
          candidates.append(Llama3Scaling(factor, 1, 1 + span, Int(original)))
        }
      }
    }
    let fitting = candidates.first { candidate in
      zip(slower, lengths).allSatisfy { abs(candidate.slowing(at: $1) / $0 - 1) < 1e-4 }
    }
    guard let fitting else { return nil }
    self = fitting
  }

  private init(_ factor: Double, _ low: Double, _ high: Double, _ original: Int) {
    (self.factor, self.low, self.high, self.original) = (factor, low, high, original)
  }

  /// How much slower a pair turns that needs `length` tokens for a turn.
  private func slowing(at length: Double) -> Double {
    let kept = min(max((Double(original) / length - low) / (high - low), 0), 1)
    return 1 / (kept + (1 - kept) / factor)
  }
}
