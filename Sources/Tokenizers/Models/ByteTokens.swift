/// The tokens `<0x00>` to `<0xFF>`, which spell what a vocabulary has no token for.
struct ByteTokens: Sendable {
  private let ids: [Int32?]

  /// Those that the vocabulary has.
  init(_ vocabulary: Vocabulary) {
    ids = (0..<256).map { vocabulary.id(of: ByteTokens.text(UInt8($0))) }
  }

  private static func text(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "<0x" + (byte < 16 ? "0" : "") + digits + ">"
  }

  /// The tokens of the text's bytes, or nil when one of them has none.
  func tokens(of text: String, range: Range<Int>) -> [Token]? {
    var tokens: [Token] = []
    for byte in text.utf8 {
      guard let id = ids[Int(byte)] else { return nil }
      tokens.append(Token(id: id, text: ByteTokens.text(byte), range: range))
    }
    return tokens
  }
}
