import Formats

/// Looks whole words up; one that isn't there is unknown.
struct WordLevel: TokenizerModel {
  let vocabulary: Vocabulary
  private let unknown: (id: Int32, text: String)?

  /// Reads `vocab` and `unk_token`.
  init(_ field: JSONField) throws(JSONFieldError) {
    vocabulary = try Vocabulary(field.required("vocab", "an object that gives each token its id"))
    guard let unknownField = try field.member("unk_token") else {
      unknown = nil
      return
    }
    let text = try unknownField.string()
    unknown = vocabulary.id(of: text).map { ($0, text) }
  }

  func tokenize(_ word: AlignedText, into tokens: inout [Token]) {
    guard !word.isEmpty else { return }
    let text = word.string
    let range = word.origin(of: word.indices)
    if let id = vocabulary.id(of: text) {
      tokens.append(Token(id: id, text: text, range: range))
    } else if let unknown {
      tokens.append(Token(id: unknown.id, text: unknown.text, range: range))
    }
  }
}
