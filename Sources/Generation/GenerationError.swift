/// Why a text can't be generated.
public enum GenerationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// An option has a value that means nothing.
  case option(name: String, expected: String, found: String)
  /// The prompt has no token.
  case emptyPrompt
  /// A token isn't one of the model's.
  case token(Int32, vocabulary: Int)
  /// Prompt and text are longer than the cache.
  case tooLong(tokens: Int, capacity: Int)
  /// The logits are NaN, or no token is left to choose from.
  case notFinite
  /// A model gave logits of another shape.
  case logits(expected: [Int], found: [Int])
  /// More requests wait than may.
  case queueFull(limit: Int)
  /// The request took longer than it may.
  case timeout(seconds: Double)
  /// The model failed.
  case model(String)
  /// A draft model has another vocabulary.
  case draftVocabulary(expected: Int, found: Int)

  /// The message.
  public var description: String {
    switch self {
    case .option(let name, let expected, let found):
      "\(name) takes \(expected), found \(found)"
    case .emptyPrompt: "the prompt has no tokens; give at least one"
    case .token(let token, let vocabulary):
      "token \(token) isn't one of the model's \(vocabulary)"
    case .tooLong(let tokens, let capacity):
      "prompt and text take \(tokens) tokens, the cache has room for \(capacity); "
        + "give a shorter prompt or fewer tokens to generate"
    case .notFinite:
      "the logits are NaN or leave no token to choose from; see what the model computes with "
        + "weft run --tap"
    case .logits(let expected, let found):
      "the model must give logits \(expected), found \(found)"
    case .queueFull(let limit): "\(limit) requests wait already; try again later"
    case .timeout(let seconds): "the request took longer than \(seconds) seconds"
    case .model(let message): message
    case .draftVocabulary(let expected, let found):
      "the draft model must have the model's vocabulary of \(expected) tokens, found \(found)"
    }
  }
}
