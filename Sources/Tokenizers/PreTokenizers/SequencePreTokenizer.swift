import Formats

/// Several pre-tokenizers, each splitting what the one before it left.
struct SequencePreTokenizer: PreTokenizer {
  private let preTokenizers: [any PreTokenizer]

  /// Reads `pretokenizers`.
  init(_ field: JSONField, _ table: TokenizerParts) throws(JSONFieldError) {
    let parts = try field.required("pretokenizers", "an array of pre-tokenizers").elements()
    preTokenizers = try parts.map { part throws(JSONFieldError) in
      try table.preTokenizer(part)
    }
  }

  func split(_ text: AlignedText) -> [AlignedText] {
    preTokenizers.reduce([text]) { texts, preTokenizer in texts.flatMap(preTokenizer.split) }
  }
}
