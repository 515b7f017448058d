import Formats

/// `<s> A </s>`, and for a pair `<s> A </s></s> B </s>`; all type ids are 0.
struct RobertaProcessing: PostProcessor {
  private let start: Token
  private let separator: Token

  /// Reads `cls` and `sep`, each `[token, id]`. Offsets are as tokens have them.
  init(_ field: JSONField) throws(JSONFieldError) {
    start = try Token(named: "cls", in: field)
    separator = try Token(named: "sep", in: field)
  }

  func addedTokenCount(isPair: Bool) -> Int { isPair ? 4 : 2 }

  func process(_ first: Encoding, _ second: Encoding?, addSpecialTokens: Bool) -> Encoding {
    guard addSpecialTokens else {
      return Joining().process(first, second, addSpecialTokens: false)
    }
    var result = Encoding()
    result.append(start, typeID: 0, isSpecial: true)
    result.append(first, typeID: 0)
    result.append(separator, typeID: 0, isSpecial: true)
    if let second {
      result.append(separator, typeID: 0, isSpecial: true)
      result.append(second, typeID: 0)
      result.append(separator, typeID: 0, isSpecial: true)
    }
    return result
  }
}

extension Token {
  /// Reads the special token `name` of a post-processor: `[token, id]`.
  init(named name: String, in field: JSONField) throws(JSONFieldError) {
    let token = try field.required(name, "[token, id]")
    let parts = try token.elements()
    guard parts.count == 2 else { throw token.error(expected: "[token, id]") }
    self.init(id: try Vocabulary.id(parts[1]), text: try parts[0].string(), range: 0..<0)
  }
}
