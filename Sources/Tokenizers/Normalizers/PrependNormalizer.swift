import Formats

/// Puts a string before each text that isn't empty.
struct PrependNormalizer: Normalizer {
  private let prefix: [Unicode.Scalar]

  /// Reads `prepend`.
  init(_ field: JSONField) throws(JSONFieldError) {
    prefix = Array(try field.required("prepend", "a string").string().unicodeScalars)
  }

  func normalize(_ text: inout AlignedText) { text.prepend(prefix) }
}
