/// Chooses tokens from logits.
///
/// Greedy choice takes one sweep over the vocabulary, a draw three; nothing is sorted but the tokens
/// of one narrow band of likelihood.
public struct Sampler: Sendable {
  /// How tokens are chosen.
  public let options: SamplingOptions
  private let draws: SeededDraws
  var scores: [Float] = []
  var weights: [Float] = []
  /// The tokens that are left, in ascending order; nil for all.
  var kept: [Int32]?

  /// A sampler.
  ///
  /// - Throws: ``GenerationError/option(name:expected:found:)``
  public init(_ options: SamplingOptions) throws(GenerationError) {
    try options.check()
    self.options = options
    draws = SeededDraws(seed: options.seed)
  }

  /// The token that follows `history`.
  ///
  /// - Parameters:
  ///   - logits: of all tokens.
  ///   - excluded: tokens that can't be chosen this time, besides those that never can.
  /// - Throws: ``GenerationError/notFinite`` for logits that are NaN, or that leave no token.
  public mutating func choose(
    _ logits: UnsafeBufferPointer<Float>, after history: TokenHistory,
    excluding excluded: Set<Int32> = []
  ) throws(GenerationError) -> Int32 {
    if options.isGreedy, !options.changesLogits, excluded.isEmpty {
      guard let largest = VectorMath.largest(logits) else { throw .notFinite }
      return Int32(largest.index)
    }
    try warp(logits, after: history, excluding: excluded)
    if options.isGreedy {
      guard let largest = scores.withUnsafeBufferPointer(VectorMath.largest) else {
        throw .notFinite
      }
      return Int32(largest.index)
    }
    return draw(draws.uniform(at: history.generatedCount))
  }

  /// Fills ``scores`` and, where a token is drawn, ``weights`` and ``kept``.
  mutating func warp(
    _ logits: UnsafeBufferPointer<Float>, after history: TokenHistory,
    excluding excluded: Set<Int32> = []
  ) throws(GenerationError) {
    scores = Array(logits)
    penalize(after: history)
    for token in options.banned { set(token, -.infinity) }
    for token in excluded { set(token, -.infinity) }
    kept = nil
    guard !options.isGreedy else { return }
    if options.temperature != 1 {
      // A product would be quicker, and not what transformers does.
      for i in scores.indices { scores[i] /= options.temperature }
    }
    guard let largest = scores.withUnsafeBufferPointer(VectorMath.largest),
      largest.value < .infinity
    else { throw .notFinite }
    if options.topK > 0, options.topK < scores.count { keepTopK(largest.value) }
    weigh(largest.value)
    if options.topP < 1 { keepTopP(largest.value) }
    if options.minP > 0 { keepMinP() }
    if options.typicalP < 1 { keepTypical() }
  }

  private mutating func set(_ token: Int32, _ score: Float) {
    if scores.indices.contains(Int(token)) { scores[Int(token)] = score }
  }

  private mutating func penalize(after history: TokenHistory) {
    for (token, bias) in options.bias where scores.indices.contains(Int(token)) {
      scores[Int(token)] += bias
    }
    if options.repetitionPenalty != 1 {
      for token in history.different where scores.indices.contains(Int(token)) {
        let score = scores[Int(token)]
        scores[Int(token)] =
          score < 0 ? score * options.repetitionPenalty : score / options.repetitionPenalty
      }
    }
    if options.presencePenalty != 0 || options.frequencyPenalty != 0 {
      for (token, count) in history.generatedCounts where scores.indices.contains(Int(token)) {
        scores[Int(token)] -= options.presencePenalty + Float(count) * options.frequencyPenalty
      }
    }
  }

  /// ``weights`` of the tokens that are left: proportional to their probabilities, 1 for the
  /// likeliest.
  private mutating func weigh(_ largest: Float) {
    if weights.count != scores.count { weights = [Float](repeating: 0, count: scores.count) }
    scores.withUnsafeBufferPointer { scores in
      weights.withUnsafeMutableBufferPointer { weights in
        _ = VectorMath.exponentials(of: scores, shift: largest, into: weights)
      }
    }
  }

  /// The token at which the sum of probabilities, in the order of ids, passes `u`.
  private func draw(_ u: Double) -> Int32 {
    func pick(_ tokens: some Collection<Int32>) -> Int32 {
      var total = 0.0
      for token in tokens { total += Double(weights[Int(token)]) }
      let target = u * total
      var (sum, last) = (0.0, tokens.first ?? 0)
      for token in tokens where weights[Int(token)] > 0 {
        sum += Double(weights[Int(token)])
        last = token
        if sum > target { break }
      }
      return last
    }
    if let kept { return pick(kept) }
    return pick(0..<Int32(scores.count))
  }
}
