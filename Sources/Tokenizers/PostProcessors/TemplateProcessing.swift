import Formats

/// Special tokens and texts in the order that a template gives, each with its type id:
/// `[CLS] $A [SEP]`, `[CLS] $A [SEP] $B:1 [SEP]:1`.
struct TemplateProcessing: PostProcessor {
  private enum Piece {
    case first(typeID: Int32)
    case second(typeID: Int32)
    case special([Token], typeID: Int32)
  }

  private let single: [Piece]
  private let pair: [Piece]

  /// Reads `single`, `pair` and `special_tokens`.
  init(_ field: JSONField) throws(JSONFieldError) {
    let specials = try TemplateProcessing.specialTokens(field)
    single = try TemplateProcessing.pieces(
      field.required("single", "an array of pieces"), specials, isPair: false)
    pair = try TemplateProcessing.pieces(
      field.required("pair", "an array of pieces"), specials, isPair: true)
  }

  private static func specialTokens(_ field: JSONField) throws(JSONFieldError)
    -> [ExactString: [Token]]
  {
    guard let table = try field.member("special_tokens") else { return [:] }
    var specials: [ExactString: [Token]] = [:]
    for key in try table.object().keys {
      let entry = try table.required(key, "a special token")
      let ids = try entry.required("ids", "an array of ids")
      let tokens = try entry.required("tokens", "an array of tokens").elements()
      let idElements = try ids.elements()
      guard idElements.count == tokens.count else {
        throw ids.error(expected: "\(tokens.count) ids, one for each of the tokens")
      }
      specials[ExactString(key)] = try zip(idElements, tokens).map {
        (id, token) throws(JSONFieldError) in
        Token(id: try Vocabulary.id(id), text: try token.string(), range: 0..<0)
      }
    }
    return specials
  }

  private static func pieces(
    _ field: JSONField, _ specials: [ExactString: [Token]], isPair: Bool
  ) throws(JSONFieldError) -> [Piece] {
    try field.elements().map { element throws(JSONFieldError) -> Piece in
      if let sequence = try element.member("Sequence") {
        let typeID = try Vocabulary.id(sequence.required("type_id", "a type id"))
        let id = try sequence.required("id", isPair ? "\"A\" or \"B\"" : "\"A\"")
        switch try id.string() {
        case "A": return .first(typeID: typeID)
        case "B" where isPair: return .second(typeID: typeID)
        default: throw id.error(expected: isPair ? "\"A\" or \"B\"" : "\"A\"")
        }
      }
      guard let special = try element.member("SpecialToken") else {
        throw element.error(expected: "an object with the key SpecialToken or Sequence")
      }
      let id = try special.required("id", "the name of a special token")
      guard let tokens = specials[ExactString(try id.string())] else {
        throw id.error(expected: "a key of post_processor.special_tokens")
      }
      return .special(
        tokens, typeID: try Vocabulary.id(special.required("type_id", "a type id")))
    }
  }

  func addedTokenCount(isPair: Bool) -> Int {
    (isPair ? pair : single).reduce(0) { count, piece in
      if case .special(let tokens, _) = piece { count + tokens.count } else { count }
    }
  }

  func process(_ first: Encoding, _ second: Encoding?, addSpecialTokens: Bool) -> Encoding {
    var result = Encoding()
    for piece in second == nil ? single : pair {
      switch piece {
      case .first(let typeID): result.append(first, typeID: typeID)
      case .second(let typeID): if let second { result.append(second, typeID: typeID) }
      case .special(let tokens, let typeID):
        guard addSpecialTokens else { continue }
        for token in tokens { result.append(token, typeID: typeID, isSpecial: true) }
      }
    }
    return result
  }
}
