/// How the next token is chosen from a model's logits.
///
/// The steps stand in the order in which they are taken, which is that of Hugging Face's
/// transformers where it has them: bias, repetition, presence and frequency penalties, banned
/// tokens, temperature, top-k, top-p, min-p, typical.
public struct SamplingOptions: Sendable, Hashable {
  /// Added to the logits of tokens.
  public var bias: [Int32: Float] = [:]
  /// Of each token of the prompt and the text a positive logit is divided by this, a negative one
  /// multiplied; 1 changes nothing (Keskar et al., "CTRL", 2019).
  public var repetitionPenalty: Float = 1
  /// Taken from the logit of each token that was generated.
  public var presencePenalty: Float = 0
  /// Taken from a token's logit once for each time that it was generated.
  public var frequencyPenalty: Float = 0
  /// Tokens that are never chosen.
  public var banned: Set<Int32> = []
  /// What logits are divided by; 0 always takes the likeliest token.
  public var temperature: Float = 0
  /// How many of the likeliest tokens stay, and those as likely as the last of them; 0 keeps all
  /// (Fan et al., "Hierarchical Neural Story Generation", 2018).
  public var topK = 0
  /// The likeliest tokens stay whose probabilities sum to this; 1 keeps all (Holtzman et al., "The
  /// Curious Case of Neural Text Degeneration", 2019).
  public var topP: Float = 1
  /// Tokens stay that are at least this part as likely as the likeliest; 0 keeps all (Nguyen et
  /// al., "Turning Up the Heat", 2024).
  public var minP: Float = 0
  /// The tokens stay whose information is nearest to the entropy, up to this sum of probabilities; 1
  /// keeps all (Meister et al., "Locally Typical Sampling", 2022).
  public var typicalP: Float = 1
  /// What the draws hang on: the same seed gives the same text.
  public var seed: UInt64 = 0

  /// The likeliest token, without any change to the logits.
  public init() {}

  /// Whether the likeliest token is always taken.
  public var isGreedy: Bool { temperature == 0 }

  /// Whether logits are changed before a token is chosen.
  var changesLogits: Bool {
    !bias.isEmpty || !banned.isEmpty || repetitionPenalty != 1 || presencePenalty != 0
      || frequencyPenalty != 0
  }

  /// Refuses numbers that mean nothing.
  ///
  /// - Throws: ``GenerationError/option(name:expected:found:)``
  public func check() throws(GenerationError) {
    func require(
      _ isRight: Bool, _ name: String, _ expected: String, _ found: some CustomStringConvertible
    ) throws(GenerationError) {
      if !isRight { throw .option(name: name, expected: expected, found: "\(found)") }
    }
    // Within these bounds scores stay finite in f32, whatever the model says.
    let bound: Float = 1e6
    try require(
      temperature == 0 || (1e-4...bound).contains(temperature), "temperature",
      "a number from 0.0001 to 1000000, or 0", temperature)
    try require(topK >= 0, "top-k", "a number from 0", topK)
    try require(topP > 0 && topP <= 1, "top-p", "a number above 0 and up to 1", topP)
    try require(minP >= 0 && minP <= 1, "min-p", "a number from 0 to 1", minP)
    try require(
      typicalP > 0 && typicalP <= 1, "typical-p", "a number above 0 and up to 1", typicalP)
    try require(
      (1 / bound...bound).contains(repetitionPenalty), "repetition penalty",
      "a number from 0.000001 to 1000000", repetitionPenalty)
    try require(
      abs(presencePenalty) <= bound, "presence penalty", "a number from -1000000 to 1000000",
      presencePenalty)
    try require(
      abs(frequencyPenalty) <= bound, "frequency penalty", "a number from -1000000 to 1000000",
      frequencyPenalty)
    for (token, value) in bias.sorted(by: { $0.key < $1.key }) {
      try require(
        value == -.infinity || abs(value) <= bound, "bias of token \(token)",
        "-inf, or a number from -1000000 to 1000000", value)
    }
  }
}
