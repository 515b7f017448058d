import Formats

/// `[CLS] A [SEP]`, and for a pair `[CLS] A [SEP] B [SEP]` with type id 1 from B on.
struct BertProcessing: PostProcessor {
  private let start: Token
  private let separator: Token

  /// Reads `cls` and `sep`, each `[token, id]`.
  init(_ field: JSONField) throws(JSONFieldError) {
    start = try Token(named: "cls", in: field)
    separator = try Token(named: "sep", in: field)
  }

  func addedTokenCount(isPair: Bool) -> Int { isPair ? 3 : 2 }

  func process(_ first: Encoding, _ second: Encoding?, addSpecialTokens: Bool) -> Encoding {
    guard addSpecialTokens else {
      return Joining().process(first, second, addSpecialTokens: false)
    }
    var result = Encoding()
    result.append(start, typeID: 0, isSpecial: true)
    result.append(first, typeID: 0)
    result.append(separator, typeID: 0, isSpecial: true)
    if let second {
      result.append(second, typeID: 1)
      result.append(separator, typeID: 1, isSpecial: true)
    }
    return result
  }
}
