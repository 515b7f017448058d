import Formats

/// Splits at white space, which is dropped, and around every punctuation character.
struct BertPreTokenizer: PreTokenizer {
  /// There is nothing to set.
  init(_ field: JSONField) throws(JSONFieldError) {}

  func split(_ text: AlignedText) -> [AlignedText] {
    var words: [AlignedText] = []
    var start = text.indices.lowerBound
    for i in text.indices {
      let scalar = text.scalars[i]
      let isPunctuation = scalar.isBertPunctuation
      guard isPunctuation || scalar.isSpace else { continue }
      if start < i { words.append(text[start..<i]) }
      if isPunctuation { words.append(text[i..<i + 1]) }
      start = i + 1
    }
    if start < text.indices.upperBound { words.append(text[start..<text.indices.upperBound]) }
    return words
  }
}
