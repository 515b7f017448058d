import Formats

/// Greedy longest match: a word is cut into the longest token that it begins with, then the longest
/// `##token` that the rest begins with, and so on; a word that can't be cut whole is unknown.
///
/// All beginnings of the rest are hashed in one walk and looked up from the longest, which most
/// words are, to the shortest: the vocabulary's own index does, and nothing is built when it is
/// read. Takes time in proportion to the word's length and the longest token's, whatever the text.
/// Schuster and Nakajima, *Japanese and Korean voice search*, 2012.
struct WordPiece: TokenizerModel {
  let vocabulary: Vocabulary
  /// What tokens that continue a word begin with.
  private let prefix: [UInt8]
  private let longestToken: Int
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
    prefix = Array((try field.member("continuing_subword_prefix")?.string() ?? "##").utf8)
    maximumWordLength =
      try field.member("max_input_chars_per_word")?.integer(in: 0...Int.max) ?? 100
    longestToken = vocabulary.longestToken
  }

  func tokenize(_ word: AlignedText, into tokens: inout [Token]) {
    let count = tokens.count
    guard word.count <= maximumWordLength else { return appendUnknown(word, to: &tokens) }
    let characters = Characters(word)
    var start = word.indices.lowerBound
    while start < word.indices.upperBound {
      let prefix = start == word.indices.lowerBound ? [] : prefix
      guard let match = longestMatch(characters, from: start, prefix) else {
        tokens.removeSubrange(count...)
        return appendUnknown(word, to: &tokens)
      }
      tokens.append(
        Token(id: match.id, text: match.text, range: word.origin(of: start..<match.end)))
      start = match.end
    }
  }

  /// The longest token that begins with `prefix` and goes on with characters from `start`.
  private func longestMatch(
    _ characters: Characters, from start: Int, _ prefix: [UInt8]
  ) -> (end: Int, id: Int32, text: String)? {
    var hash = StringIndex.Hash()
    for byte in prefix { hash.append(byte) }
    let first = characters.offset(of: start)
    var hashes: [UInt32] = []
    hashes.reserveCapacity(characters.end - start)
    while start + hashes.count < characters.end {
      let next = characters.bytes(start + hashes.count..<start + hashes.count + 1)
      guard prefix.count + next.endIndex - first <= longestToken else { break }
      for byte in next { hash.append(byte) }
      hashes.append(hash.value)
    }
    while let hash = hashes.popLast() {
      let end = start + hashes.count + 1
      if let token = vocabulary.token(
        hash: hash, prefix: prefix, bytes: characters.bytes(start..<end))
      {
        return (end, token.id, token.text)
      }
    }
    return nil
  }

  private func appendUnknown(_ word: AlignedText, to tokens: inout [Token]) {
    guard !word.isEmpty else { return }
    tokens.append(
      Token(id: unknown.id, text: unknown.text, range: word.origin(of: word.indices)))
  }

  /// A word's characters in UTF-8.
  private struct Characters {
    private var bytes: [UInt8] = []
    /// Where each character begins in `bytes`, and the end.
    private var offsets: [Int] = [0]
    private let start: Int

    init(_ word: AlignedText) {
      start = word.indices.lowerBound
      bytes.reserveCapacity(word.count)
      offsets.reserveCapacity(word.count + 1)
      for i in word.indices {
        bytes += UTF8.encode(word.scalars[i]) ?? UTF8.encodedReplacementCharacter
        offsets.append(bytes.count)
      }
    }

    var end: Int { start + offsets.count - 1 }

    func offset(of character: Int) -> Int { offsets[character - start] }

    func bytes(_ characters: Range<Int>) -> ArraySlice<UInt8> {
      bytes[offset(of: characters.lowerBound)..<offset(of: characters.upperBound)]
    }
  }
}
