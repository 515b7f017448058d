import Formats

/// Several post-processors, one after the other: each text of a pair goes through all, and the last
/// joins them.
struct SequenceProcessing: PostProcessor {
  private let each: [any PostProcessor]
  private let last: any PostProcessor

  /// Reads `processors`.
  init(_ field: JSONField, _ table: TokenizerParts) throws(JSONFieldError) {
    let parts = try field.required("processors", "an array of post-processors").elements()
    let processors = try parts.map { part throws(JSONFieldError) in try table.postProcessor(part) }
    each = Array(processors.dropLast())
    last = processors.last ?? Joining()
  }

  func addedTokenCount(isPair: Bool) -> Int {
    let texts = isPair ? 2 : 1
    return each.reduce(last.addedTokenCount(isPair: isPair)) {
      $0 + texts * $1.addedTokenCount(isPair: false)
    }
  }

  func process(_ first: Encoding, _ second: Encoding?, addSpecialTokens: Bool) -> Encoding {
    func through(_ text: Encoding) -> Encoding {
      each.reduce(text) { $1.process($0, nil, addSpecialTokens: addSpecialTokens) }
    }
    return last.process(through(first), second.map(through), addSpecialTokens: addSpecialTokens)
  }
}
