import Formats

/// Replaces what a string or a regular expression finds.
struct ReplaceNormalizer: Normalizer {
  private let pattern: SearchPattern
  private let content: [Unicode.Scalar]

  /// Reads `pattern` and `content`.
  init(_ field: JSONField) throws(JSONFieldError) {
    pattern = try SearchPattern(field)
    content = Array(try field.required("content", "a string").string().unicodeScalars)
  }

  func normalize(_ text: inout AlignedText) { text.replace(pattern, with: content) }
}
