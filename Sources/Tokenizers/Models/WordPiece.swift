import Formats

/// Greedy longest match: a word is cut into the longest token that it begins with, then the longest
/// `##token` that the rest begins with, and so on; a word that can't be cut whole is unknown.
///
/// Takes time in proportion to the word's length and the longest token's, whatever the text.
/// Schuster and Nakajima, *Japanese and Korean voice search*, 2012.
struct WordPiece: TokenizerModel {
  let vocabulary: Vocabulary
  private let trie: TokenTrie
  /// Where tokens that continue a word begin in the trie; nil when there are none.
  private let continuation: Int32?
  private let unknown: (id: Int32, text: String)
  private let maximumWordLength: Int

  /// Reads `vocab`, `unk_token`, `continuing_subword_prefix` and `max_input_chars_per_word`.
  init(_ field: JSONField) throws(JSONFieldError) {
    vocabulary = try Vocabulary(field.required("vocab", "an object that gives each token its id"))
    let unknownField = try field.required("unk_token", "the token of unknown words")
    let unknownText = try unknownField.string()
    guard let id = vocabulary.id(of: unknownText) else {
      throw unknownField.error(expected: "a token of \(field.path).vocab")
    }
    unknown = (id, unknownText)
    let prefix = try field.member("continuing_subword_prefix")?.string() ?? "##"
    maximumWordLength =
      try field.member("max_input_chars_per_word")?.integer(in: 0...Int.max) ?? 100
    var trie = TokenTrie()
    for (token, id) in vocabulary.entries { trie.insert(token.unicodeScalars, id: id) }
    continuation = trie.node(of: prefix.unicodeScalars)
    self.trie = trie
  }

  func tokenize(_ word: AlignedText, into tokens: inout [Token]) {
    let count = tokens.count
    guard word.count <= maximumWordLength else { return appendUnknown(word, to: &tokens) }
    var start = word.indices.lowerBound
    while start < word.indices.upperBound {
      let node = start == word.indices.lowerBound ? TokenTrie.root : continuation
      guard let node, let match = trie.longestMatch(in: word.scalars, at: start, from: node) else {
        tokens.removeSubrange(count...)
        return appendUnknown(word, to: &tokens)
      }
      tokens.append(
        Token(
          id: match.id, text: vocabulary.token(of: match.id) ?? "",
          range: word.origin(of: start..<match.end)))
      start = match.end
    }
  }

  private func appendUnknown(_ word: AlignedText, to tokens: inout [Token]) {
    guard !word.isEmpty else { return }
    tokens.append(
      Token(id: unknown.id, text: unknown.text, range: word.origin(of: word.indices)))
  }
}
