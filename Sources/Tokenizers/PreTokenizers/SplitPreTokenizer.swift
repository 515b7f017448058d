import Formats

/// Splits at what a string or a regular expression finds.
struct SplitPreTokenizer: PreTokenizer {
  private let pattern: SearchPattern
  private let behavior: SplitBehavior
  private let isInverted: Bool

  /// Reads `pattern`, `behavior` and `invert`.
  init(_ field: JSONField) throws(JSONFieldError) {
    pattern = try SearchPattern(field)
    behavior = try SplitBehavior(field)
    isInverted = try field.member("invert")?.bool() ?? false
  }

  func split(_ text: AlignedText) -> [AlignedText] {
    let parts = text.parts(of: pattern).map { ($0.range, $0.isMatch != isInverted) }
    return behavior.words(of: parts).map { text[$0] }
  }
}
