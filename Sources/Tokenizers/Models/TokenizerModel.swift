import Formats

/// Turns one word into tokens of a vocabulary.
public protocol TokenizerModel: Sendable {
  /// The tokens that the model knows, without added ones.
  var vocabulary: Vocabulary { get }
  /// Appends the tokens of `word`.
  func tokenize(_ word: AlignedText, into tokens: inout [Token])
}

/// A token of a text.
public struct Token: Sendable, Hashable {
  /// The id.
  public var id: Int32
  /// The token as the vocabulary has it: `##ing`.
  public var text: String
  /// The UTF-8 bytes of the original text that it stands for.
  public var range: Range<Int>

  /// A token from its parts.
  public init(id: Int32, text: String, range: Range<Int>) {
    self.id = id
    self.text = text
    self.range = range
  }
}

/// The type of a model; files from before 2020 don't name it, and are known by their fields.
func modelType(_ field: JSONField) throws(JSONFieldError) -> String? {
  guard try field.member("type") == nil else { return nil }
  if try field.member("merges") != nil { return "BPE" }
  if try field.member("continuing_subword_prefix") != nil { return "WordPiece" }
  if case .array? = try field.member("vocab")?.value { return "Unigram" }
  return nil
}
