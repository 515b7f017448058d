import Formats

/// Tokens with their ids, both ways. Ids may have gaps; memory follows the number of tokens.
public struct Vocabulary: Sendable {
  /// The tokens in the order of the file.
  private var tokens: [String] = []
  /// The id of each token.
  private var ids: [Int32] = []
  /// Where each token stands in `tokens`.
  private var index = StringIndex()
  /// For each id from 0 where its token stands in `tokens`, or -1; larger ids are in `far`.
  private var near: [Int32] = []
  private var far: [Int32: Int32] = [:]

  /// A vocabulary without tokens.
  public init() {}

  /// The number of tokens.
  public var count: Int { tokens.count }

  /// The id of a token.
  public func id(of token: String) -> Int32? {
    index.position(of: token, in: tokens).map { ids[$0] }
  }

  /// The token of `prefix` and `bytes`, whose hash is `hash`.
  func token(
    hash: UInt32, prefix: [UInt8], bytes: ArraySlice<UInt8>
  ) -> (id: Int32, text: String)? {
    let found = index.position(hash) { position in
      let token = tokens[position].utf8
      return token.count == prefix.count + bytes.count && token.starts(with: prefix)
        && token.dropFirst(prefix.count).elementsEqual(bytes)
    }
    return found.map { (ids[$0], tokens[$0]) }
  }

  /// Bytes of the longest token.
  var longestToken: Int { tokens.reduce(0) { max($0, $1.utf8.count) } }

  /// The token of an id.
  public func token(of id: Int32) -> String? { position(of: id).map { tokens[$0] } }

  /// Each token with its id, in the order of the file.
  var entries: some Sequence<(token: String, id: Int32)> {
    zip(tokens, ids).lazy.map { (token: $0, id: $1) }
  }

  private func position(of id: Int32) -> Int? {
    let known = near.indices.contains(Int(id)) ? near[Int(id)] : far[id] ?? -1
    return known < 0 ? nil : Int(known)
  }

  /// Adds a token; false, and nothing added, when the token or the id is taken.
  mutating func add(_ token: String, id: Int32) -> Bool {
    guard position(of: id) == nil, index.insert(token, at: count, in: tokens) else { return false }
    append(id)
    tokens.append(token)
    return true
  }

  /// Notes the id of the next token.
  private mutating func append(_ id: Int32) {
    let position = Int32(ids.count)
    if near.indices.contains(Int(id)) { near[Int(id)] = position } else { far[id] = position }
    ids.append(id)
  }

  /// Reads an object that gives each token its id.
  init(_ field: JSONField) throws(JSONFieldError) {
    let object = try field.object()
    (tokens, index) = (object.keys, object.keyIndex)
    ids.reserveCapacity(object.count)
    near = Array(repeating: -1, count: 2 * object.count)
    for (token, value) in zip(object.keys, object.values) {
      // The path is made only where it is needed: there are many tokens.
      func entry() -> JSONField { JSONField(value, path: .member(field.path, token)) }
      let id: Int32
      if case .integer(let number) = value, number >= 0, let exact = Int32(exactly: number) {
        id = exact
      } else {
        id = try Vocabulary.id(entry())
      }
      if let other = self.token(of: id) {
        throw entry().error(expected: "an id of its own, but \(other.quotedForMessage) has it")
      }
      append(id)
    }
  }

  /// Reads an id.
  static func id(_ field: JSONField) throws(JSONFieldError) -> Int32 {
    Int32(try field.integer(in: 0...Int(Int32.max)))
  }
}
