/// Cuts a graph file into tokens and comments. Reports everything that it can't read and goes on.
struct Lexer {
  /// A comment and where it stands.
  struct PlacedComment {
    var comment: Comment
    var start: Int
    /// Whether nothing but spaces stands before it on its line.
    var ownsLine: Bool
  }

  private let source: SourceText
  private let bytes: [UInt8]
  private var at = 0
  private var startsLine = true
  private var newlines = 0
  private(set) var tokens: [Token] = []
  private(set) var comments: [PlacedComment] = []
  private(set) var diagnostics: [Diagnostic] = []
  /// Where each diagnostic stands.
  private(set) var spans: [Span] = []

  init(_ source: SourceText) {
    self.source = source
    bytes = source.bytes
  }

  /// Reads the whole file; an `end` token closes it.
  mutating func run() {
    if bytes.count > Limits.sourceBytes {
      report(0, 0, .sourceTooLong(bytes.count))
    } else if let invalid = firstInvalidUTF8() {
      report(invalid, invalid + 1, .invalidUTF8(byte: bytes[invalid]))
    } else {
      if bytes.starts(with: [0xef, 0xbb, 0xbf]) { at = 3 }
      while at < bytes.count, tokens.count < Limits.tokens { next() }
      if at < bytes.count { report(at, at + 1, .tooManyTokens) }
    }
    tokens.append(
      Token(
        kind: .end, start: bytes.count, end: bytes.count, startsLine: true,
        followsBlank: newlines > 1))
  }

  private func firstInvalidUTF8() -> Int? {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var offset = 0
    while true {
      switch decoder.decode(&iterator) {
      case .scalarValue(let scalar): offset += UTF8.width(scalar)
      case .emptyInput: return nil
      case .error: return min(offset, bytes.count - 1)
      }
    }
  }

  private mutating func report(_ start: Int, _ end: Int, _ message: Message) {
    if diagnostics.count < Limits.diagnostics {
      spans.append(Span(file: source.file, start, end))
      diagnostics.append(source.error(spans[spans.count - 1], message))
    }
  }

  private func byte(_ ahead: Int = 0) -> UInt8? {
    at + ahead < bytes.count ? bytes[at + ahead] : nil
  }

  private mutating func next() {
    switch bytes[at] {
    case UInt8(ascii: "\n"):
      startsLine = true
      newlines += 1
      at += 1
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): at += 1
    case UInt8(ascii: "\""): string()
    case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "/"): comment()
    case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "*"):
      report(at, at + 2, .blockComment)
      while at < bytes.count, bytes[at] != UInt8(ascii: "\n") { at += 1 }
    case let b where b.isLetter: name()
    case let b where b.isDigit: number()
    default: symbol()
    }
  }

  private mutating func add(_ kind: Token.Kind, from start: Int) {
    tokens.append(
      Token(
        kind: kind, start: start, end: at, startsLine: startsLine, followsBlank: newlines > 1))
    startsLine = false
    newlines = 0
  }

  private mutating func comment() {
    let start = at
    while at < bytes.count, bytes[at] != UInt8(ascii: "\n") { at += 1 }
    let isDocumentation =
      start + 2 < at && bytes[start + 2] == UInt8(ascii: "/")
      && !(start + 3 < at && bytes[start + 3] == UInt8(ascii: "/"))
    let text = String(decoding: bytes[(start + (isDocumentation ? 3 : 2))..<at], as: UTF8.self)
    comments.append(
      PlacedComment(
        comment: Comment(
          text.trimmed, isDocumentation: isDocumentation,
          followsBlank: newlines > 1 && startsLine),
        start: start, ownsLine: startsLine))
    newlines = 0
  }

  private mutating func name() {
    let start = at
    while let b = byte(), b.isLetter || b.isDigit { at += 1 }
    // The longest keyword has nine letters.
    let keyword =
      at - start > 9
      ? nil : Keyword.byText[String(decoding: bytes[start..<at], as: UTF8.self)]
    if at - start > Limits.nameBytes { report(start, at, .nameTooLong(at - start)) }
    add(keyword.map { .keyword($0) } ?? .name, from: start)
  }

  private mutating func digits() {
    while let b = byte(), b.isDigit || b == UInt8(ascii: "_") { at += 1 }
  }

  private mutating func number() {
    let start = at
    var kind = Token.Kind.integer
    digits()
    if byte() == UInt8(ascii: "."), byte(1)?.isDigit == true {
      kind = .float
      at += 1
      digits()
    }
    if byte() == UInt8(ascii: "e") || byte() == UInt8(ascii: "E") {
      let sign = byte(1) == UInt8(ascii: "-") || byte(1) == UInt8(ascii: "+")
      if byte(sign ? 2 : 1)?.isDigit == true {
        kind = .float
        at += sign ? 2 : 1
        digits()
      }
    }
    if let b = byte(), b.isLetter {
      while let b = byte(), b.isLetter || b.isDigit { at += 1 }
      report(start, at, .malformedNumber(source.text(Span(start, at))))
      kind = .invalid
    }
    add(kind, from: start)
  }

  private mutating func string() {
    let start = at
    at += 1
    while let b = byte(), b != UInt8(ascii: "\""), b != UInt8(ascii: "\n") {
      at += b == UInt8(ascii: "\\") && byte(1) != nil && byte(1) != UInt8(ascii: "\n") ? 2 : 1
    }
    if byte() == UInt8(ascii: "\"") {
      at += 1
    } else {
      report(start, at, .unterminatedString)
      return add(.invalid, from: start)
    }
    add(.string, from: start)
  }

  private mutating func symbol() {
    let start = at
    for (text, symbol) in Symbol.byFirst[bytes[at]] ?? [] where bytes[at...].starts(with: text) {
      at += text.count
      add(.symbol(symbol), from: start)
      return
    }
    // One report for a run of what can't be read.
    while let b = byte(), b >= 0x80 || b < 0x20 && b != 0x0a && b != 0x0d && b != 0x09 { at += 1 }
    if at == start { at += 1 }
    report(start, at, .unexpectedCharacter(source.text(Span(start, at))))
    add(.invalid, from: start)
  }
}

extension UInt8 {
  var isLetter: Bool {
    (0x41...0x5a).contains(self) || (0x61...0x7a).contains(self) || self == 0x5f
  }

  var isDigit: Bool { (0x30...0x39).contains(self) }
}

extension StringProtocol {
  /// The text without spaces, tabs and carriage returns around it.
  var trimmed: String {
    // By scalars: a space and a mark that combines with it are one character.
    func isSpace(_ c: Unicode.Scalar) -> Bool { c == " " || c == "\t" || c == "\r" }
    let head = unicodeScalars.drop(while: isSpace)
    guard let last = head.lastIndex(where: { !isSpace($0) }) else { return "" }
    return String(String.UnicodeScalarView(head[...last]))
  }
}
