/// The tokens of a text so far, and how often each was generated.
public struct TokenHistory: Sendable {
  /// The prompt's tokens, then those that were generated.
  public private(set) var tokens: [Int32]
  /// How many tokens the prompt has.
  public let promptCount: Int
  private var seen: Set<Int32>
  private var counts: [Int32: Int] = [:]

  /// A text that begins with a prompt.
  public init(prompt: [Int32]) {
    tokens = prompt
    promptCount = prompt.count
    seen = Set(prompt)
  }

  /// How many tokens were generated.
  public var generatedCount: Int { tokens.count - promptCount }

  /// The tokens that were generated.
  public var generated: ArraySlice<Int32> { tokens[promptCount...] }

  /// Adds a generated token.
  public mutating func append(_ token: Int32) {
    tokens.append(token)
    seen.insert(token)
    counts[token, default: 0] += 1
  }

  /// The different tokens of prompt and text, in any order.
  var different: Set<Int32> { seen }

  /// How often each token was generated.
  var generatedCounts: [Int32: Int] { counts }
}
