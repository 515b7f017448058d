import Formats

/// Tokens beside the model's: found in the text as they are written, before the model sees it.
struct AddedTokens: Sendable {
  /// One added token, as the tokenizer's file describes it.
  struct AddedToken: Sendable {
    var id: Int32
    var content: String
    /// Whether decoding may skip it.
    var isSpecial: Bool
    /// Whether it is found only where no word character stands beside it.
    var isSingleWord: Bool
    /// Whether the white space before it belongs to it.
    var stripsLeft: Bool
    /// Whether the white space after it belongs to it.
    var stripsRight: Bool
    /// Whether it is looked for in the normalized text instead of the original.
    var isNormalized: Bool
  }

  /// A part of a text: still text, or a token.
  enum Piece {
    case text(AlignedText)
    case token(Token)
  }

  private(set) var vocabulary = Vocabulary()
  private var tokens: [Int32: AddedToken] = [:]
  private var verbatim = TokenTrie()
  private var normalized = TokenTrie()

  /// Reads `added_tokens`; a token that the model has must have the model's id.
  init(_ field: JSONField?, model: Vocabulary, normalizer: (any Normalizer)?)
    throws(JSONFieldError)
  {
    for element in try field?.elements() ?? [] {
      let token = try AddedTokens.token(element, model: model)
      if token.content.isEmpty { continue }
      guard vocabulary.add(token.content, id: token.id) else {
        throw element.error(
          expected: "a token and an id that no other added token has",
          hint: "token \(token.content.quotedForMessage), id \(token.id)")
      }
      tokens[token.id] = token
      if token.isNormalized {
        var text = AlignedText(token.content)
        normalizer?.normalize(&text)
        if !text.isEmpty { normalized.insert(text.scalars, id: token.id) }
      } else {
        verbatim.insert(token.content.unicodeScalars, id: token.id)
      }
    }
  }

  private static func token(_ field: JSONField, model: Vocabulary) throws(JSONFieldError)
    -> AddedToken
  {
    let idField = try field.required("id", "an id")
    let id = try Vocabulary.id(idField)
    let content = try field.required("content", "the token's text").string()
    if let known = model.id(of: content), known != id {
      throw idField.error(
        expected: "\(known), which \(content.quotedForMessage) has in model.vocab")
    }
    if let other = model.token(of: id), ExactString(other) != ExactString(content) {
      throw idField.error(
        expected: "an id of its own, but \(other.quotedForMessage) has it in model.vocab")
    }
    func flag(_ key: String, _ fallback: Bool = false) throws(JSONFieldError) -> Bool {
      try field.member(key)?.bool() ?? fallback
    }
    let isSpecial = try flag("special")
    return AddedToken(
      id: id, content: content, isSpecial: isSpecial, isSingleWord: try flag("single_word"),
      stripsLeft: try flag("lstrip"), stripsRight: try flag("rstrip"),
      isNormalized: try flag("normalized", !isSpecial))
  }

  /// Whether the token is one that decoding may skip.
  func isSpecial(_ id: Int32) -> Bool { tokens[id]?.isSpecial ?? false }

  /// Cuts the original text at the tokens that are looked for verbatim.
  func splitVerbatim(_ text: AlignedText) -> [Piece] { split(text, verbatim) }

  /// Cuts a normalized text at the tokens that are looked for there.
  func splitNormalized(_ text: AlignedText) -> [Piece] { split(text, normalized) }

  private func split(_ text: AlignedText, _ trie: TokenTrie) -> [Piece] {
    guard !trie.isEmpty else { return text.isEmpty ? [] : [.text(text)] }
    var pieces: [Piece] = []
    let end = text.indices.upperBound
    var from = text.indices.lowerBound
    var i = from
    while i < end {
      guard let match = trie.longestMatch(in: text.scalars, at: i), let token = tokens[match.id]
      else {
        i += 1
        continue
      }
      guard !token.isSingleWord || standsAlone(i..<match.end, in: text) else {
        i = match.end
        continue
      }
      var range = i..<match.end
      if token.stripsLeft { range = extendLeft(range, in: text, limit: from) }
      if token.stripsRight { range = extendRight(range, in: text) }
      if from < range.lowerBound { pieces.append(.text(text[from..<range.lowerBound])) }
      pieces.append(
        .token(Token(id: token.id, text: token.content, range: text.origin(of: range))))
      from = range.upperBound
      i = from
    }
    if from < end { pieces.append(.text(text[from..<end])) }
    return pieces
  }

  private func standsAlone(_ range: Range<Int>, in text: AlignedText) -> Bool {
    let (start, end) = (text.indices.lowerBound, text.indices.upperBound)
    return (range.lowerBound == start || !text.scalars[range.lowerBound - 1].isWordCharacter)
      && (range.upperBound == end || !text.scalars[range.upperBound].isWordCharacter)
  }

  private func extendLeft(_ range: Range<Int>, in text: AlignedText, limit: Int) -> Range<Int> {
    var lower = range.lowerBound
    while lower > limit, text.scalars[lower - 1].isSpace { lower -= 1 }
    return lower..<range.upperBound
  }

  private func extendRight(_ range: Range<Int>, in text: AlignedText) -> Range<Int> {
    var upper = range.upperBound
    while upper < text.indices.upperBound, text.scalars[upper].isSpace { upper += 1 }
    return range.lowerBound..<upper
  }
}
