import Executor

/// Where drafts come from: tokens that the model then checks many at a time. A text is the same with
/// drafts as without, also one that is drawn: a token is chosen from the model's own logits with the
/// draw of its place, and a draft only says which logits are computed ahead.
///
/// Leviathan, Kalman and Matias, "Fast Inference from Transformers via Speculative Decoding", 2023.
public enum Drafting: Sendable {
  /// No drafts.
  case none
  /// What followed the last tokens where they stood before: for texts that repeat parts of their
  /// prompt (Saxena, "Prompt Lookup Decoding", 2023).
  case promptLookup(PromptLookup)
  /// What a smaller model of the same vocabulary says.
  case model(any TokenModel, most: Int)
}

/// Drafts from a text's own tokens.
public struct PromptLookup: Sendable, Hashable {
  /// How many of the last tokens are looked for, first.
  public var longest: Int
  /// How many tokens are drafted at most.
  public var most: Int

  /// A lookup from its parts.
  public init(longest: Int = 3, most: Int = 10) {
    self.longest = longest
    self.most = most
  }

  /// What followed the last tokens at the latest place where they stood before.
  ///
  /// - Complexity: O(n) for n tokens and each length that is looked for.
  public func draft(after tokens: [Int32]) -> ArraySlice<Int32> {
    guard most > 0 else { return [] }
    for length in stride(from: min(longest, tokens.count - 1), to: 0, by: -1) {
      let end = tokens.count - length
      var start = end - 1
      while start >= 0 {
        if matches(tokens, start, end, length) {
          let from = start + length
          return tokens[from..<min(from + most, tokens.count)]
        }
        start -= 1
      }
    }
    return []
  }

  private func matches(_ tokens: [Int32], _ a: Int, _ b: Int, _ length: Int) -> Bool {
    for i in 0..<length where tokens[a + i] != tokens[b + i] { return false }
    return true
  }
}

/// A draft model beside an engine: its slots hold the engine's sequences.
struct DraftModel: Sendable {
  let model: any TokenModel
  let most: Int
  /// The tokens that stand in each slot.
  private var held: [[Int32]]

  init(_ model: any TokenModel, most: Int) {
    self.model = model
    self.most = most
    held = Array(repeating: [], count: model.slots)
  }

  /// Up to `count` tokens that may follow `history`, chosen as the text's are, with the same draws.
  mutating func draft(
    after history: TokenHistory, slot: Int, _ options: SamplingOptions, count: Int,
    cancellation: Cancellation?
  ) throws -> [Int32] {
    var history = history
    var sampler = try Sampler(options)
    var drafted: [Int32] = []
    while drafted.count < count, history.tokens.count < model.capacity {
      let common = min(
        zip(held[slot], history.tokens).prefix { $0 == $1 }.count, history.tokens.count - 1)
      if common < held[slot].count {
        try model.truncate(slot, to: common)
        held[slot].removeSubrange(common...)
      }
      let piece = TokenPiece(slot: slot, tokens: Array(history.tokens[common...]), wanted: .last)
      let logits = try model.advance([piece], cancellation: cancellation)[0]
      held[slot] += piece.tokens
      let token = try logits.withRow(0) { row throws(GenerationError) in
        try sampler.choose(row, after: history)
      }
      history.append(token)
      drafted.append(token)
    }
    return drafted
  }
}
