import Foundation

/// Which tokens stay.
extension Sampler {
  /// Bands of equal width below the largest score: a token's band says how likely it is, so that
  /// only one band is ever sorted.
  private static let bandCount = 2048
  private static let bandsPerUnit: Float = 64

  private static func band(_ score: Float, below largest: Float) -> Int {
    let distance = (largest - score) * bandsPerUnit
    return distance < Float(bandCount - 1) ? Int(distance) : bandCount - 1
  }

  private var tokens: [Int32] { kept ?? Array(0..<Int32(scores.count)) }

  /// Keeps the likeliest tokens until `enough` of what came before; `size` says what a token counts.
  private mutating func keepLikeliest(
    _ largest: Float, tiesStay: Bool, size: (Int32) -> Double, while isShort: (Double) -> Bool
  ) {
    let tokens = tokens
    var sizes = [Double](repeating: 0, count: Self.bandCount)
    for token in tokens {
      sizes[Self.band(scores[Int(token)], below: largest)] += size(token)
    }
    var (sum, crossing) = (0.0, 0)
    while crossing < Self.bandCount - 1, isShort(sum + sizes[crossing]) {
      sum += sizes[crossing]
      crossing += 1
    }
    let band = tokens.filter { Self.band(scores[Int($0)], below: largest) == crossing }
      .sorted { (scores[Int($0)], $1) > (scores[Int($1)], $0) }
    var last: Float?
    var stays: Set<Int32> = []
    for token in band {
      if !isShort(sum) {
        guard tiesStay, scores[Int(token)] == last else { break }
      }
      sum += size(token)
      last = scores[Int(token)]
      stays.insert(token)
    }
    kept = tokens.filter {
      let place = Self.band(scores[Int($0)], below: largest)
      return place < crossing || (place == crossing && stays.contains($0))
    }
  }

  mutating func keepTopK(_ largest: Float) {
    let count = Double(options.topK)
    keepLikeliest(largest, tiesStay: true, size: { _ in 1 }, while: { $0 < count })
  }

  mutating func keepTopP(_ largest: Float) {
    let weights = weights
    let total = tokens.reduce(0) { $0 + Double(weights[Int($1)]) }
    let enough = Double(options.topP) * total
    keepLikeliest(
      largest, tiesStay: false, size: { Double(weights[Int($0)]) }, while: { $0 < enough })
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
