import Foundation

/// Which tokens stay.
extension Sampler {
  /// Bands of equal width below the largest score: a token's band says how likely it is, so that
  /// only one band is ever sorted.
  private static let bandCount = 2048
  private static let bandsPerUnit: Float = 64

  @inline(__always)
  private static func band(_ score: Float, below largest: Float) -> Int {
    let distance = (largest - score) * bandsPerUnit
    return distance < Float(bandCount - 1) ? Int(distance) : bandCount - 1
  }

  private var tokens: [Int32] { kept ?? Array(0..<Int32(scores.count)) }

  /// Keeps the likeliest tokens until they are `enough`, counted by their weights or each as 1; two
  /// sweeps over all tokens.
  private mutating func keepLikeliest(
    _ largest: Float, byWeight: Bool, tiesStay: Bool, enough: Double
  ) {
    let (kept, scores, weights) = (kept, scores, weights)
    let count = kept?.count ?? scores.count
    var sizes = [Double](repeating: 0, count: Self.bandCount)
    for i in 0..<count {
      let token = Int(kept?[i] ?? Int32(truncatingIfNeeded: i))
      sizes[Self.band(scores[token], below: largest)] += byWeight ? Double(weights[token]) : 1
    }
    var (sum, crossing) = (0.0, 0)
    while crossing < Self.bandCount - 1, sum + sizes[crossing] < enough {
      sum += sizes[crossing]
      crossing += 1
    }
    var (certain, band): ([Int32], [Int32]) = ([], [])
    for i in 0..<count {
      let token = kept?[i] ?? Int32(truncatingIfNeeded: i)
      let place = Self.band(scores[Int(token)], below: largest)
      if place < crossing { certain.append(token) }
      if place == crossing { band.append(token) }
    }
    band.sort { (scores[Int($0)], $1) > (scores[Int($1)], $0) }
    var last: Float?
    for token in band {
      let score = scores[Int(token)]
      if sum >= enough, !(tiesStay && score == last) { break }
      sum += byWeight ? Double(weights[Int(token)]) : 1
      last = score
      certain.append(token)
    }
    self.kept = certain.sorted()
  }

  mutating func keepTopK(_ largest: Float) {
    keepLikeliest(largest, byWeight: false, tiesStay: true, enough: Double(options.topK))
  }

  mutating func keepTopP(_ largest: Float) {
    let total =
      if let kept {
        kept.reduce(0) { $0 + Double(weights[Int($1)]) }
      } else {
        weights.reduce(0) { $0 + Double($1) }
      }
    keepLikeliest(
      largest, byWeight: true, tiesStay: false, enough: Double(options.topP) * total)
  }

  mutating func keepMinP() {
    kept = tokens.filter { weights[Int($0)] >= options.minP }
  }

  mutating func keepTypical() {
    let tokens = tokens.filter { weights[Int($0)] > 0 }
    let total = tokens.reduce(0) { $0 + Double(weights[Int($1)]) }
    let information = tokens.map { -log(Double(weights[Int($0)]) / total) }
    let entropy = zip(tokens, information).reduce(0) {
      $0 + Double(weights[Int($1.0)]) / total * $1.1
    }
    let distance = information.map { ($0 - entropy).magnitude }
    let order = tokens.indices.sorted { (distance[$0], $0) < (distance[$1], $1) }
    let mass = Double(options.typicalP) * total
    var (sum, last) = (0.0, order.count - 1)
    for (i, place) in order.enumerated() {
      sum += Double(weights[Int(tokens[place])])
      if sum >= mass {
        last = i
        break
      }
    }
    guard order.indices.contains(last) else { return }
    let furthest = distance[order[last]]
    // As transformers has it, the nearest token stays whatever the mass.
    kept = tokens.indices.filter { distance[$0] <= furthest || $0 == order[0] }.map { tokens[$0] }
  }
}
