/// What is generated, and when it ends.
public struct GenerationOptions: Sendable, Hashable {
  /// How many tokens are generated at most.
  public var maximumTokens = 128
  /// Before so many tokens no stop token is chosen.
  public var minimumTokens = 0
  /// How tokens are chosen.
  public var sampling = SamplingOptions()
  /// Tokens that end the text and are no part of it.
  public var stopTokens: Set<Int32> = []
  /// Strings that end the text and are no part of it.
  public var stopStrings: [String] = []
  /// With how many of the likeliest tokens log probabilities are given; nil for none at all.
  public var logProbabilities: Int?
  /// Whether special tokens are left out of the text.
  public var skipsSpecialTokens = true
  /// Whether the text goes on where the prompt ends, so that its first token is written as after the
  /// prompt's last; else it is written as the first of a text.
  public var continuesPrompt = true

  /// 128 tokens at most, each the likeliest.
  public init() {}

  /// Refuses numbers that mean nothing.
  public func check() throws(GenerationError) {
    try sampling.check()
    guard maximumTokens >= 1 else {
      throw .option(name: "max-tokens", expected: "a number from 1", found: "\(maximumTokens)")
    }
    guard minimumTokens >= 0 else {
      throw .option(name: "min-tokens", expected: "a number from 0", found: "\(minimumTokens)")
    }
    if let logProbabilities, !(0...1000).contains(logProbabilities) {
      throw .option(
        name: "logprobs", expected: "a number from 0 to 1000", found: "\(logProbabilities)")
    }
  }
}

/// Why a text ended.
public enum FinishReason: Sendable, Hashable {
  /// It has as many tokens as it may.
  case length
  /// A stop token was chosen.
  case stopToken(Int32)
  /// A stop string was found.
  case stopString(String)
  /// Nobody wants it any more.
  case cancelled
  /// It can't go on.
  case failed(GenerationError)
}

extension FinishReason {
  /// One word, as OpenAI's interface has it.
  public var word: String {
    switch self {
    case .length: "length"
    case .stopToken, .stopString: "stop"
    case .cancelled: "cancelled"
    case .failed: "error"
    }
  }
}

/// A token that was generated.
public struct GeneratedToken: Sendable, Hashable {
  /// The token.
  public var id: Int32
  /// What the model thought of it, where that was asked for.
  public var logProbabilities: LogProbabilities?
}

/// What one step added to a sequence.
public struct GenerationEvent: Sendable {
  /// Which sequence.
  public let sequence: SequenceID
  /// What is certain of its text now.
  public internal(set) var text = ""
  /// The tokens, stop tokens left out.
  public internal(set) var tokens: [GeneratedToken] = []
  /// Why it ended, where it did.
  public internal(set) var finish: FinishReason?

  init(_ sequence: SequenceID) { self.sequence = sequence }
}

/// A sequence of an engine.
public struct SequenceID: Sendable, Hashable, Comparable {
  let number: Int

  /// In the order of their making.
  public static func < (a: SequenceID, b: SequenceID) -> Bool { a.number < b.number }
}

/// How many tokens went through a model, and what became of them.
public struct GenerationCounts: Sendable, Hashable {
  /// Tokens of prompts.
  public var prompt = 0
  /// Of these, tokens that stood in the cache already.
  public var reused = 0
  /// Tokens that were generated.
  public var generated = 0
  /// Tokens that were drafted.
  public var drafted = 0
  /// Of these, tokens that the model agreed with.
  public var accepted = 0
  /// Runs of the model.
  public var runs = 0

  /// Nothing yet.
  public init() {}

  /// The sum of both.
  public static func + (a: GenerationCounts, b: GenerationCounts) -> GenerationCounts {
    var sum = a
    sum.prompt += b.prompt
    sum.reused += b.reused
    sum.generated += b.generated
    sum.drafted += b.drafted
    sum.accepted += b.accepted
    sum.runs += b.runs
    return sum
  }
}
