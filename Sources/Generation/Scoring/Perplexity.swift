import Executor
import Foundation
import Tensors

/// How well a model foretells a text: the exponential of the mean of what each token's log
/// probability lacks.
///
/// A text longer than the window is read in windows that begin `stride` tokens apart; each token
/// counts once, in the first window that it is in, as transformers' page on perplexity does it. The
/// first token is foretold by nothing and doesn't count.
public struct Perplexity: Sendable {
  /// Tokens that the model sees at most.
  public let window: Int
  /// Tokens from one window's beginning to the next one's.
  public let stride: Int

  /// A token of a text and its log probability.
  public struct Score: Sendable, Hashable {
    /// Where it stands in the text.
    public var position: Int
    /// The token.
    public var token: Int32
    /// The natural logarithm of its probability after the tokens before it in its window.
    public var logProbability: Double
  }

  /// A text's tokens, scored.
  public struct Result: Sendable {
    /// All tokens but the first.
    public internal(set) var scores: [Score] = []

    /// The mean of the negative log probabilities.
    public var crossEntropy: Double {
      scores.isEmpty ? .nan : -scores.reduce(0) { $0 + $1.logProbability } / Double(scores.count)
    }

    /// The exponential of ``crossEntropy``.
    public var perplexity: Double { exp(crossEntropy) }
  }

  /// - Throws: ``GenerationError/option(name:expected:found:)``
  public init(window: Int, stride: Int) throws(GenerationError) {
    guard window >= 2 else {
      throw .option(name: "window", expected: "a number from 2", found: "\(window)")
    }
    guard (1...window).contains(stride) else {
      throw .option(
        name: "stride", expected: "a number from 1 to the window's \(window)", found: "\(stride)")
    }
    self.window = window
    self.stride = stride
  }

  /// Tokens that one run takes, so that logits of a long window never stand in memory together.
  private static let chunk = 128

  /// How many tokens are read, over all windows.
  public func work(of count: Int) -> Int {
    windows(of: count).reduce(0) { $0 + $1.tokens.count }
  }

  /// Scores all tokens of a text but the first.
  ///
  /// - Parameters:
  ///   - model: its slot 0 is overwritten.
  ///   - logits: takes the logits after each token that counts, in order.
  ///   - progress: how many tokens were read.
  public func score(
    _ tokens: [Int32], in model: any TokenModel, cancellation: Cancellation? = nil,
    logits take: ((UnsafeBufferPointer<Float>) throws -> Void)? = nil,
    progress: (Int) -> Void = { _ in }
  ) throws -> Result {
    guard tokens.count >= 2 else { throw GenerationError.emptyPrompt }
    if let wrong = tokens.first(where: { !(0..<model.vocabulary).contains(Int($0)) }) {
      throw GenerationError.token(wrong, vocabulary: model.vocabulary)
    }
    guard min(window, tokens.count) - 1 <= model.capacity else {
      throw GenerationError.tooLong(tokens: min(window, tokens.count), capacity: model.capacity)
    }
    var result = Result()
    var done = 0
    for window in windows(of: tokens.count) {
      try model.truncate(0, to: 0)
      // The last token foretells nothing that counts.
      var at = window.tokens.lowerBound
      while at < window.tokens.upperBound - 1 {
        let end = min(at + Self.chunk, window.tokens.upperBound - 1)
        let wanted: TokenPiece.Wanted = end <= window.first - 1 ? .none : .all
        let rows = try model.advance(
          [TokenPiece(slot: 0, tokens: Array(tokens[at..<end]), wanted: wanted)],
          cancellation: cancellation)[0]
        for position in max(at + 1, window.first)..<max(end + 1, window.first) {
          try rows.withRow(position - 1 - at) { row in
            let value = Double(row[Int(tokens[position])]) - LogProbabilities.normalizer(row)
            guard value.isFinite else { throw GenerationError.notFinite }
            result.scores.append(
              Score(position: position, token: tokens[position], logProbability: value))
            try take?(row)
          }
        }
        done += end - at
        progress(done)
        at = end
      }
    }
    return result
  }

  /// The windows of a text, each with the first token that counts.
  private func windows(of count: Int) -> [(tokens: Range<Int>, first: Int)] {
    var windows: [(Range<Int>, Int)] = []
    var (start, end) = (0, 1)
    while end < count {
      let next = min(start + window, count)
      windows.append((start..<next, end))
      end = next
      start += stride
    }
    return windows
  }
}
