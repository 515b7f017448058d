/// Cuts the text of a graph into tokens. `//` starts a comment that ends with its line.
struct GraphLexer {
  enum Kind: Equatable {
    case identifier
    /// Digits, with a fraction or an exponent where it is a real number.
    case number
    /// In quotes; ``Token/text`` is without them and without escapes.
    case string
    /// `%name`.
    case value
    /// A single character.
    case mark
    case end
  }

  struct Token {
    var kind: Kind
    var text: String
    var line: Int
    var column: Int

    /// How an error names it.
    var described: String {
      switch kind {
      case .end: "the end"
      case .string: IRText.quoted(text)
      default: "'\(text)'"
      }
    }
  }

  private let bytes: [UInt8]
  private var at = 0
  private var line = 1
  private var lineStart = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  private var current: UInt8? { at < bytes.count ? bytes[at] : nil }

  private mutating func skipBlanks() {
    while let byte = current {
      if byte == 0x0a {
        line += 1
        lineStart = at + 1
      } else if byte == 0x2f, at + 1 < bytes.count, bytes[at + 1] == 0x2f {
        skip { $0 != 0x0a }
        continue
      } else if byte != 0x20, byte != 0x09, byte != 0x0d {
        return
      }
      at += 1
    }
  }

  private mutating func skip(while matches: (UInt8) -> Bool) {
    while let byte = current, matches(byte) { at += 1 }
  }

  mutating func next() throws(GraphTextError) -> Token {
    skipBlanks()
    let start = at
    let column = start - lineStart + 1
    guard let first = current else {
      return Token(kind: .end, text: "", line: line, column: column)
    }
    let kind: Kind
    switch first {
    case 0x22: return Token(kind: .string, text: try string(), line: line, column: column)
    case _ where IRText.isLetter(first):
      kind = .identifier
      skip { IRText.isLetter($0) || IRText.isDigit($0) }
    case _ where IRText.isDigit(first):
      kind = .number
      number()
    case 0x25:
      kind = .value
      at += 1
      skip { IRText.isLetter($0) || IRText.isDigit($0) }
    default:
      kind = .mark
      at += 1
      skip { $0 & 0xc0 == 0x80 }
    }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    return Token(kind: kind, text: text, line: line, column: column)
  }

  private mutating func number() {
    skip(while: IRText.isDigit)
    if current == 0x2e, at + 1 < bytes.count, IRText.isDigit(bytes[at + 1]) {
      at += 1
      skip(while: IRText.isDigit)
    }
    guard current == 0x65 || current == 0x45 else { return }
    var after = at + 1
    if after < bytes.count, bytes[after] == 0x2b || bytes[after] == 0x2d { after += 1 }
    guard after < bytes.count, IRText.isDigit(bytes[after]) else { return }
    at = after
    skip(while: IRText.isDigit)
  }

  private mutating func string() throws(GraphTextError) -> String {
    let column = at - lineStart + 1
    let error = GraphTextError(line: line, column: column, reason: .unterminatedString)
    at += 1
    var text: [UInt8] = []
    while let byte = current, byte != 0x0a {
      at += 1
      if byte == 0x22 { return String(decoding: text, as: UTF8.self) }
      guard byte == 0x5c else {
        text.append(byte)
        continue
      }
      guard let escaped = current else { throw error }
      at += 1
      switch escaped {
      case 0x6e: text.append(0x0a)
      case 0x74: text.append(0x09)
      case 0x22, 0x5c: text.append(escaped)
      case 0x75: text += Array(String(try scalar()).utf8)
      default:
        throw GraphTextError(
          line: line, column: at - lineStart - 1,
          reason: .expected(#"an escape \" \\ \n \t \u{…}"#, found: "another"))
      }
    }
    throw error
  }

  /// The rest of `\u{…}`.
  private mutating func scalar() throws(GraphTextError) -> Character {
    let start = at
    let error = GraphTextError(
      line: line, column: start - lineStart - 1,
      reason: .expected(#"\u{…} with the number of a character"#, found: "something else"))
    guard current == 0x7b else { throw error }
    at += 1
    skip { IRText.isDigit($0) || IRText.isLetter($0) }
    let digits = String(decoding: bytes[(start + 1)..<at], as: UTF8.self)
    guard current == 0x7d, let code = UInt32(digits, radix: 16), let found = Unicode.Scalar(code)
    else { throw error }
    at += 1
    return Character(found)
  }
}
