import Formats

/// Several normalizers, one after the other.
struct SequenceNormalizer: Normalizer {
  private let normalizers: [any Normalizer]

  /// Reads `normalizers`.
  init(_ field: JSONField, _ table: TokenizerParts) throws(JSONFieldError) {
    let parts = try field.required("normalizers", "an array of normalizers").elements()
    normalizers = try parts.map { part throws(JSONFieldError) in
      try table.normalizer(part)
    }
  }

  func normalize(_ text: inout AlignedText) {
    for normalizer in normalizers { normalizer.normalize(&text) }
  }
}
