import WeftPlugin

/// Parts of tokenizers that write each word letter by letter, and a capital as `^` before its letter:
/// `Weft` is `^ w e f t`.
///
/// A tokenizer.json names them by their types: `{"type": "Spelled"}`, with `"mark"` for another than `^`.
enum SpelledTokens {
  static let parts: [TokenizerPart] = [
    .normalizer("Spelled", SpelledNormalizer.init),
    .preTokenizer("Spelled", SpelledPreTokenizer.init),
    .postProcessor("Spelled", SpelledPostProcessor.init),
    .decoder("Spelled", SpelledDecoder.init),
  ]

  /// Reads `mark`.
  static func mark(_ field: JSONField) throws(JSONFieldError) -> Unicode.Scalar {
    guard let value = try field.member("mark") else { return "^" }
    let scalars = try value.string().unicodeScalars
    guard scalars.count == 1, let mark = scalars.first else {
      throw value.error(expected: "one character")
    }
    return mark
  }
}

/// Writes capitals as the mark and a small letter.
struct SpelledNormalizer: Normalizer {
  private let mark: Unicode.Scalar

  init(_ field: JSONField) throws(JSONFieldError) { mark = try SpelledTokens.mark(field) }

  func normalize(_ text: inout AlignedText) {
    text.replaceEach { scalar, emit in
      if scalar.properties.changesWhenLowercased { emit(mark) }
      scalar.properties.lowercaseMapping.unicodeScalars.forEach(emit)
    }
  }
}

/// Makes a word of each character.
struct SpelledPreTokenizer: PreTokenizer {
  init(_ field: JSONField) throws(JSONFieldError) {}

  func split(_ text: AlignedText) -> [AlignedText] { text.indices.map { text[$0..<$0 + 1] } }
}

/// Lets a pair's second text follow the first.
struct SpelledPostProcessor: PostProcessor {
  init(_ field: JSONField) throws(JSONFieldError) {}

  func addedTokenCount(isPair: Bool) -> Int { 0 }

  func process(_ first: Encoding, _ second: Encoding?, addSpecialTokens: Bool) -> Encoding {
    var joined = first
    if let second { joined.append(second) }
    return joined
  }
}

/// Joins letters to text; one behind the mark becomes a capital.
struct SpelledDecoder: TokenDecoder {
  private let mark: String

  init(_ field: JSONField) throws(JSONFieldError) { mark = "\(try SpelledTokens.mark(field))" }

  /// A letter hangs on the token before it alone, so that a stream need not wait for the end.
  var reach: DecodingReach { .neighbors }

  func decode(_ tokens: [String]) -> [String] {
    tokens.indices.map { i in
      if tokens[i] == mark { return "" }
      return i > 0 && tokens[i - 1] == mark ? tokens[i].uppercased() : tokens[i]
    }
  }
}
