import Formats

/// The tokens of a GGUF file's metadata.
struct GGUFVocabulary {
  /// The tokens in the order of their ids.
  let tokens: [String]
  /// Each token's id.
  let vocabulary: JSONObject
  private let kinds: [Int]

  /// Reads `tokens` and `token_type`.
  init(_ metadata: GGUFMetadata) throws(GGUFFault) {
    guard let tokens = try metadata.strings("tokenizer.ggml.tokens") else {
      throw .missing(key: "tokenizer.ggml.tokens", expected: "an array of texts")
    }
    let kinds = try metadata.integers("tokenizer.ggml.token_type")
    if let kinds, kinds.count != tokens.count {
      throw .value(
        key: "tokenizer.ggml.token_type", expected: "a type for each of \(tokens.count) tokens",
        found: "\(kinds.count)")
    }
    self.tokens = tokens
    self.kinds = kinds ?? Array(repeating: GGUFTokenizer.Kind.normal.rawValue, count: tokens.count)
    var vocabulary = JSONObject()
    for (id, token) in tokens.enumerated() {
      guard vocabulary.append(token, .integer(id)) else {
        throw .duplicate(what: "tokens", name: token)
      }
    }
    self.vocabulary = vocabulary
  }

  private func isOf(_ kind: GGUFTokenizer.Kind, _ id: Int) -> Bool { kinds[id] == kind.rawValue }

  /// Tokens that are found in the text as they are written.
  var addedTokens: JSONValue {
    .array(
      tokens.indices.filter { id in
        isOf(.control, id) || isOf(.userDefined, id) || isOf(.unknown, id)
      }.map { id in
        let flags: [(String, Bool)] = [
          ("single_word", false), ("lstrip", false), ("rstrip", false), ("normalized", false),
          ("special", !isOf(.userDefined, id)),
        ]
        var token = JSONObject()
        _ = token.append("id", .integer(id))
        _ = token.append("content", .string(tokens[id]))
        for (name, value) in flags { _ = token.append(name, .bool(value)) }
        return .object(token)
      })
  }

  /// The token that the metadata names by its id; nil where it names none.
  func special(_ key: String, _ metadata: GGUFMetadata) throws(GGUFFault)
    -> (id: Int, text: String)?
  {
    let key = "tokenizer.ggml.\(key)_token_id"
    guard let id = try metadata.integer(key) else { return nil }
    // Some writers say "none" with the largest number.
    if id == Int(UInt32.max) || id == -1 { return nil }
    guard tokens.indices.contains(id) else {
      throw .value(key: key, expected: "an id from 0 to \(tokens.count - 1)", found: "\(id)")
    }
    return (id, tokens[id])
  }

  /// The token of what no token has.
  func unknown(_ metadata: GGUFMetadata) throws(GGUFFault) -> String? {
    try special("unknown", metadata)?.text
      ?? tokens.indices.first { isOf(.unknown, $0) }.map { tokens[$0] }
  }

  /// What stands before and after each text.
  func postProcessor(_ metadata: GGUFMetadata, adds: Bool) throws(GGUFFault) -> JSONValue {
    let beginning = adds ? try special("bos", metadata) : nil
    let addsEnd = try metadata.bool("tokenizer.ggml.add_eos_token") ?? false
    let end = addsEnd ? try special("eos", metadata) : nil
    func marker(_ token: (id: Int, text: String)?, _ type: Int) -> [JSONValue] {
      guard let token else { return [] }
      return [
        .parts([
          "SpecialToken": .parts(["id": .string(token.text), "type_id": .integer(type)])
        ])
      ]
    }
    func part(_ name: String, _ type: Int) -> [JSONValue] {
      marker(beginning, type) + [
        .parts(["Sequence": .parts(["id": .string(name), "type_id": .integer(type)])])
      ] + marker(end, type)
    }
    var known = JSONObject()
    for token in [beginning, end].compactMap(\.self) {
      _ = known.append(
        token.text,
        .parts([
          "id": .string(token.text), "ids": .array([.integer(token.id)]),
          "tokens": .array([.string(token.text)]),
        ]))
    }
    return .parts([
      "type": .string("TemplateProcessing"), "single": .array(part("A", 0)),
      "pair": .array(part("A", 0) + part("B", 1)), "special_tokens": .object(known),
    ])
  }

  /// The merges that scores stand for: all pairs of tokens that together are one, the best score first.
  ///
  /// Of pairs with one score the longer left part comes first, then the longer right one, as in
  /// transformers' conversion of SentencePiece's models.
  func merges(_ metadata: GGUFMetadata) throws(GGUFFault) -> JSONValue {
    if let merges = try metadata.strings("tokenizer.ggml.merges") {
      return .array(merges.map { .string($0) })
    }
    guard let scores = try metadata.doubles("tokenizer.ggml.scores") else {
      throw .missing(key: "tokenizer.ggml.scores", expected: "an array of numbers")
    }
    guard scores.count == tokens.count else {
      throw .value(
        key: "tokenizer.ggml.scores", expected: "a score for each of \(tokens.count) tokens",
        found: "\(scores.count)")
    }
    var ids: [ExactString: Int] = [:]
    ids.reserveCapacity(tokens.count)
    for (id, token) in tokens.enumerated() where isOf(.normal, id) || isOf(.userDefined, id) {
      ids[ExactString(token)] = id
    }
    var pairs: [(score: Double, left: Int, right: Int, lengths: (Int, Int))] = []
    for (id, token) in tokens.enumerated() where isOf(.normal, id) {
      let scalars = token.unicodeScalars
      // Longer tokens are none that merges make.
      guard scalars.count <= GGUFVocabulary.longest else { continue }
      var local: [(left: Int, right: Int, lengths: (Int, Int))] = []
      var (at, length) = (scalars.startIndex, 0)
      while at < scalars.endIndex {
        at = scalars.index(after: at)
        length += 1
        if at < scalars.endIndex, let left = ids[ExactString(String(token[..<at]))],
          let right = ids[ExactString(String(token[at...]))]
        {
          local.append((left, right, (length, scalars.count - length)))
        }
      }
      local.sort { ($0.left, $0.right) < ($1.left, $1.right) }
      pairs += local.map { (scores[id], $0.left, $0.right, $0.lengths) }
    }
    // The sort is stable: pairs of one score and lengths stay in the order of the tokens they make.
    pairs.sort { a, b in
      (a.score, a.lengths.0, a.lengths.1) > (b.score, b.lengths.0, b.lengths.1)
    }
    return .array(
      pairs.map { .array([.string(tokens[$0.left]), .string(tokens[$0.right])]) })
  }

  private static let longest = 256
}
