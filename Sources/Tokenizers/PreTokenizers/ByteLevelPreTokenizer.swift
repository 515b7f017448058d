import Formats

/// Splits as GPT-2 does (contractions, letters, digits, other characters, white space; words keep
/// the space before them), and spells each word in the byte alphabet, so that no text is unknown.
struct ByteLevelPreTokenizer: PreTokenizer {
  private let addsPrefixSpace: Bool
  private let splits: Bool

  /// Reads `add_prefix_space` and `use_regex`.
  init(_ field: JSONField) throws(JSONFieldError) {
    addsPrefixSpace = try field.member("add_prefix_space")?.bool() ?? true
    splits = try field.member("use_regex")?.bool() ?? true
  }

  func split(_ text: AlignedText) -> [AlignedText] {
    var text = text
    if addsPrefixSpace, let first = text.scalars.first, first != " " { text.prepend([" "]) }
    guard splits else { return text.isEmpty ? [] : [spelled(text)] }
    var words: [AlignedText] = []
    var start = text.indices.lowerBound
    while start < text.indices.upperBound {
      let end = GPT2Pattern.wordEnd(in: text.scalars, from: start)
      words.append(spelled(text[start..<end]))
      start = end
    }
    return words
  }

  private func spelled(_ word: AlignedText) -> AlignedText {
    var word = word
    word.replaceEach { scalar, emit in
      for byte in UTF8.encode(scalar) ?? .init() { emit(ByteAlphabet.scalars[Int(byte)]) }
    }
    return word
  }
}

/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
///
/// Written out, as it is the same in every file, and a regular expression isn't sure to be linear.
enum GPT2Pattern {
  private enum Kind {
    case letter, number, space, other
  }

  private static let contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"]
    .map { Array($0.unicodeScalars) }

  /// Where the match that begins at `start` ends.
  static func wordEnd(in scalars: ArraySlice<Unicode.Scalar>, from start: Int) -> Int {
    let end = scalars.endIndex
    if scalars[start] == "'" {
      for contraction in contractions where scalars[start...].starts(with: contraction) {
        return start + contraction.count
      }
    }
    var from = start
    if scalars[start] == " ", start + 1 < end, kind(scalars[start + 1]) != .space { from += 1 }
    let kind = kind(scalars[from])
    var i = from + 1
    while i < end, self.kind(scalars[i]) == kind { i += 1 }
    // The last white space before a word is left to the word, or stands alone.
    if kind == .space, i < end, i - start > 1 { return i - 1 }
    return i
  }

  private static func kind(_ scalar: Unicode.Scalar) -> Kind {
    if scalar.isSpace { return .space }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      return .letter
    case .decimalNumber, .letterNumber, .otherNumber: return .number
    default: return .other
    }
  }
}
