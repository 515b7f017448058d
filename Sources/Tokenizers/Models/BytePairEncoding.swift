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
  /// For each character of the first pages of Unicode the token that it is alone, or -1.
  private let singles: [Int32]

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
    var singles = [Int32](repeating: -1, count: 0x3000)
    for (token, id) in vocabulary.entries where token.utf8.count <= 3 {
      let scalars = token.unicodeScalars
      guard let scalar = scalars.first, scalars.count == 1, scalar.value < 0x3000 else { continue }
      singles[Int(scalar.value)] = id
    }
    self.singles = singles
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
    var symbols = Symbols(merges: merges, vocabulary: vocabulary)
    var previous: Unicode.Scalar?
    for i in word.indices {
      let scalar = word.scalars[i]
      if let id = single(scalar) {
        if let previous, !merges.canJoin(previous, scalar) { symbols.finish(into: &tokens) }
        symbols.append(id, word.origins[i])
        previous = scalar
      } else {
        append(i, of: word, to: &symbols)
        previous = nil
      }
    }
    symbols.finish(into: &tokens)
  }

  /// The symbols of a word so far, up to a place that no merge crosses.
  private struct Symbols {
    let merges: MergeTable
    let vocabulary: Vocabulary
    private var symbols: [MergeSymbol] = []
    /// An unknown token that others may still be joined to.
    private var unknown: MergeSymbol?

    init(merges: MergeTable, vocabulary: Vocabulary) {
      self.merges = merges
      self.vocabulary = vocabulary
    }

    mutating func append(_ id: Int32, _ range: Range<Int>) {
      endUnknown()
      symbols.append(MergeSymbol(id: id, range: range))
    }

    mutating func append(unknown id: Int32, _ range: Range<Int>, fuses: Bool) {
      if fuses, let pending = unknown {
        unknown = MergeSymbol(id: id, range: pending.range.lowerBound..<range.upperBound)
      } else {
        endUnknown()
        unknown = MergeSymbol(id: id, range: range)
      }
    }

    private mutating func endUnknown() {
      if let unknown { symbols.append(unknown) }
      unknown = nil
    }

    /// Merges what is there and appends the tokens.
    mutating func finish(into tokens: inout [Token]) {
      endUnknown()
      merges.mergeAll(&symbols)
      for symbol in symbols {
        let text = vocabulary.token(of: symbol.id) ?? ""
        tokens.append(Token(id: symbol.id, text: text, range: symbol.range))
      }
      symbols.removeAll(keepingCapacity: true)
    }
  }

  /// Appends a character that has to be looked up: as it is written at its place, else as bytes, else
  /// as unknown.
  private func append(_ i: Int, of word: AlignedText, to symbols: inout Symbols) {
    let range = word.origins[i]
    var text = String(word.scalars[i])
    if i > word.indices.lowerBound { text = options.continuingPrefix + text }
    if i == word.indices.upperBound - 1 { text += options.endOfWordSuffix }
    if let id = vocabulary.id(of: text) {
      symbols.append(id, range)
    } else if let bytes = options.bytes?.tokens(of: text, range: range) {
      for token in bytes { symbols.append(token.id, range) }
    } else if let token = options.unknown {
      symbols.append(unknown: token.id, range, fuses: options.fusesUnknown)
    }
  }

  /// The token of a character that is written in no other way at a word's ends; nil where it has to be
  /// looked up.
  @inline(__always)
  private func single(_ scalar: Unicode.Scalar) -> Int32? {
    guard scalar.value < 0x3000, options.continuingPrefix.isEmpty, options.endOfWordSuffix.isEmpty
    else { return nil }
    let id = singles[Int(scalar.value)]
    return id < 0 ? nil : id
  }
}
