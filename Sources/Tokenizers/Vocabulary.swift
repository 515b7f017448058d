import Formats

/// Tokens with their ids, both ways. Ids may have gaps; memory follows the number of tokens.
public struct Vocabulary: Sendable {
  private var ids: [ExactString: Int32] = [:]
  private var tokens: [Int32: String] = [:]

  /// A vocabulary without tokens.
  public init() {}

  /// The number of tokens.
  public var count: Int { tokens.count }

  /// The id of a token.
  public func id(of token: String) -> Int32? { ids[ExactString(token)] }

  /// The token of an id.
  public func token(of id: Int32) -> String? { tokens[id] }

  /// Each token with its id, in no order.
  var entries: some Sequence<(token: String, id: Int32)> {
    tokens.lazy.map { (token: $0.value, id: $0.key) }
  }

  /// Adds a token; false, and nothing added, when the token or the id is taken.
  mutating func add(_ token: String, id: Int32) -> Bool {
    guard ids[ExactString(token)] == nil, tokens[id] == nil else { return false }
    ids[ExactString(token)] = id
    tokens[id] = token
    return true
  }

  /// Reads an object that gives each token its id.
  init(_ field: JSONField) throws(JSONFieldError) {
    let object = try field.object()
    ids.reserveCapacity(object.count)
    tokens.reserveCapacity(object.count)
    for (token, value) in zip(object.keys, object.values) {
      if case .integer(let number) = value, let id = Int32(exactly: number), id >= 0,
        add(token, id: id)
      {
        continue
      }
      let entry = JSONField(value, path: .member(field.path, token))
      let id = try Vocabulary.id(entry)
      throw entry.error(
        expected: "an id of its own, but \((tokens[id] ?? "").quotedForMessage) has it")
    }
  }

  /// Reads an id.
  static func id(_ field: JSONField) throws(JSONFieldError) -> Int32 {
    Int32(try field.integer(in: 0...Int(Int32.max)))
  }
}
