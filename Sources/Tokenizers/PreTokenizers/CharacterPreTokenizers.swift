import Formats

/// Sets runs of digits apart, or each digit.
struct DigitsPreTokenizer: PreTokenizer {
  private let isIndividual: Bool

  /// Reads `individual_digits`.
  init(_ field: JSONField) throws(JSONFieldError) {
    isIndividual = try field.member("individual_digits")?.bool() ?? false
  }

  func split(_ text: AlignedText) -> [AlignedText] {
    text.words(isIndividual ? .isolated : .contiguous) { scalar in
      switch scalar.properties.generalCategory {
      case .decimalNumber, .letterNumber, .otherNumber: true
      default: false
      }
    }
  }
}

/// Sets punctuation apart.
struct PunctuationPreTokenizer: PreTokenizer {
  private let behavior: SplitBehavior

  /// Reads `behavior`.
  init(_ field: JSONField) throws(JSONFieldError) {
    behavior = try field.member("behavior") == nil ? .isolated : SplitBehavior(field)
  }

  func split(_ text: AlignedText) -> [AlignedText] {
    text.words(behavior) { $0.isBertPunctuation }
  }
}

/// Splits at white space, which is dropped.
struct WhitespaceSplitPreTokenizer: PreTokenizer {
  /// There is nothing to set.
  init(_ field: JSONField) throws(JSONFieldError) {}

  func split(_ text: AlignedText) -> [AlignedText] { text.words(.removed) { $0.isSpace } }
}

/// Splits into runs of characters of words and runs of others; white space is dropped.
struct WhitespacePreTokenizer: PreTokenizer {
  /// There is nothing to set.
  init(_ field: JSONField) throws(JSONFieldError) {}

  func split(_ text: AlignedText) -> [AlignedText] {
    text.words(.removed) { $0.isSpace }.flatMap { word in
      word.words(.contiguous) { $0.isWordCharacter }
    }
  }
}

/// Splits at one character, which is dropped.
struct DelimiterPreTokenizer: PreTokenizer {
  private let delimiter: Unicode.Scalar

  /// Reads `delimiter`.
  init(_ field: JSONField) throws(JSONFieldError) {
    let value = try field.required("delimiter", "a character")
    let scalars = try value.string().unicodeScalars
    guard let first = scalars.first, scalars.count == 1 else {
      throw value.error(expected: "one character")
    }
    delimiter = first
  }

  func split(_ text: AlignedText) -> [AlignedText] { text.words(.removed) { $0 == delimiter } }
}

extension AlignedText {
  /// The words that characters of a kind make of the text.
  fileprivate func words(
    _ behavior: SplitBehavior, _ isMatch: (Unicode.Scalar) -> Bool
  ) -> [AlignedText] {
    var parts: [(range: Range<Int>, isMatch: Bool)] = []
    for i in indices {
      let isMatch = isMatch(scalars[i])
      if !isMatch, let last = parts.last, !last.isMatch {
        parts[parts.count - 1].range = last.range.lowerBound..<i + 1
      } else {
        parts.append((i..<i + 1, isMatch))
      }
    }
    return behavior.words(of: parts).map { self[$0] }
  }
}
