import Formats

/// Merges pairs of neighbouring symbols, the most frequent pair of the training text first, until no
/// pair is left that was merged in training.
///
/// Takes time in proportion to n log n for a word of n characters.
/// Sennrich, Haddow and Birch, *Neural machine translation of rare words with subword units*, 2016.
struct BytePairEncoding: TokenizerModel {
  let vocabulary: Vocabulary
  private let merges: MergeTable
  private let options: Options

  /// What the file may set beside vocabulary and merges.
  private struct Options {
    var unknown: Token?
    var fusesUnknown = false
    var continuingPrefix = ""
    var endOfWordSuffix = ""
    /// The tokens of the 256 bytes, where unknown characters fall back to them.
    var bytes: ByteTokens?
    var prefersWholeWords = false
  }

  /// Reads `vocab`, `merges`, `unk_token`, `fuse_unk`, `continuing_subword_prefix`,
  /// `end_of_word_suffix`, `byte_fallback`, `ignore_merges`; `dropout` must be null or 0.
  init(_ field: JSONField) throws(JSONFieldError) {
    vocabulary = try Vocabulary(field.required("vocab", "an object that gives each token its id"))
    options = try BytePairEncoding.options(field, vocabulary)
    merges = try MergeTable(
      field.required("merges", "an array of pairs"), vocabulary,
      continuingPrefix: options.continuingPrefix)
  }

  private static func options(_ field: JSONField, _ vocabulary: Vocabulary)
    throws(JSONFieldError) -> Options
  {
    if let dropout = try field.member("dropout"), try dropout.double() != 0 {
      throw dropout.error(
        expected: "null or 0", hint: "dropout is for training; Weft encodes the same way each time")
    }
    var options = Options()
    if let unknown = try field.member("unk_token") {
      let text = try unknown.string()
      guard let id = vocabulary.id(of: text) else {
        throw unknown.error(expected: "a token of \(field.path).vocab")
      }
      options.unknown = Token(id: id, text: text, range: 0..<0)
    }
    options.fusesUnknown = try field.member("fuse_unk")?.bool() ?? false
    options.continuingPrefix = try field.member("continuing_subword_prefix")?.string() ?? ""
    options.endOfWordSuffix = try field.member("end_of_word_suffix")?.string() ?? ""
    options.prefersWholeWords = try field.member("ignore_merges")?.bool() ?? false
    if try field.member("byte_fallback")?.bool() ?? false {
      options.bytes = ByteTokens(vocabulary)
    }
    return options
  }

  func tokenize(_ word: AlignedText, into tokens: inout [Token]) {
    guard !word.isEmpty else { return }
    if options.prefersWholeWords {
      let text = word.string
      if let id = vocabulary.id(of: text) {
        tokens.append(Token(id: id, text: text, range: word.origin(of: word.indices)))
        return
      }
    }
    var symbols = symbols(of: word)
    merges.mergeAll(&symbols)
    for symbol in symbols where symbol.isAlive {
      tokens.append(
        Token(
          id: symbol.id, text: vocabulary.token(of: symbol.id) ?? "", range: symbol.range))
    }
  }

  /// The characters of the word as symbols of the vocabulary.
  private func symbols(of word: AlignedText) -> [MergeSymbol] {
    var symbols: [MergeSymbol] = []
    symbols.reserveCapacity(word.count)
    var unknown: MergeSymbol?
    for i in word.indices {
      let range = word.origins[i]
      var text = String(word.scalars[i])
      if i > word.indices.lowerBound { text = options.continuingPrefix + text }
      if i == word.indices.upperBound - 1 { text += options.endOfWordSuffix }
      if let id = vocabulary.id(of: text) {
        if let pending = unknown { symbols.append(pending) }
        unknown = nil
        symbols.append(MergeSymbol(id: id, range: range))
      } else if let bytes = options.bytes?.tokens(of: text, range: range) {
        symbols += bytes.map { MergeSymbol(id: $0.id, range: range) }
      } else if let token = options.unknown {
        if let pending = unknown, options.fusesUnknown {
          unknown = MergeSymbol(
            id: token.id, range: pending.range.lowerBound..<range.upperBound)
        } else {
          if let pending = unknown { symbols.append(pending) }
          unknown = MergeSymbol(id: token.id, range: range)
        }
      }
    }
    if let pending = unknown { symbols.append(pending) }
    return symbols
  }
}
