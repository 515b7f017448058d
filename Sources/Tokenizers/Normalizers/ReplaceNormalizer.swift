import Formats

/// Replaces a fixed string.
struct ReplaceNormalizer: Normalizer {
  private let pattern: [Unicode.Scalar]
  private let content: [Unicode.Scalar]

  /// Reads `pattern` (`{"String": …}`) and `content`.
  init(_ field: JSONField) throws(JSONFieldError) {
    pattern = Array(try fixedPattern(field).unicodeScalars)
    content = Array(try field.required("content", "a string").string().unicodeScalars)
  }

  func normalize(_ text: inout AlignedText) { text.replace(pattern, with: content) }
}
