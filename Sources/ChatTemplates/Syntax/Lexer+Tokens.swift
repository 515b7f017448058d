/// Names, numbers, strings and signs.
extension Lexer {
  private static let signs: Set<String> = [
    "//", "**", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<", ">", "=", "(", ")", "[",
    "]", "{", "}", ",", ":", ".", "|",
  ]

  mutating func nextToken() throws(ChatTemplateError) -> Token {
    let start = position
    let scalar = scalars[at]
    if scalar == "'" || scalar == "\"" {
      return Token(kind: .string(try string()), position: start)
    }
    if scalar.isDigit { return Token(kind: try number(), position: start) }
    if scalar == "_" || scalar.properties.isXIDStart {
      let from = at
      while at < scalars.count, scalars[at].properties.isXIDContinue { move(to: at + 1) }
      return Token(kind: .name(text(from..<at)), position: start)
    }
    for length in [2, 1] where at + length <= scalars.count {
      let sign = text(at..<at + length)
      if Lexer.signs.contains(sign) {
        move(to: at + length)
        return Token(kind: .sign(sign), position: start)
      }
    }
    throw ChatTemplateError(
      .expected("an expression", found: "'\(scalar.escaped(asASCII: false))'"), at: start)
  }

  private mutating func number() throws(ChatTemplateError) -> Token.Kind {
    let (from, start) = (at, position)
    var isDouble = false
    func digits(_ lexer: inout Lexer) {
      while lexer.at < lexer.scalars.count,
        lexer.scalars[lexer.at].isDigit || (lexer.scalars[lexer.at] == "_" && lexer.digit(at: 1))
      { lexer.move(to: lexer.at + 1) }
    }
    digits(&self)
    if at < scalars.count, scalars[at] == ".", digit(at: 1) {
      isDouble = true
      move(to: at + 1)
      digits(&self)
    }
    if at < scalars.count, scalars[at] == "e" || scalars[at] == "E" {
      let isSigned = at + 1 < scalars.count && (scalars[at + 1] == "+" || scalars[at + 1] == "-")
      if digit(at: isSigned ? 2 : 1) {
        isDouble = true
        move(to: at + (isSigned ? 2 : 1))
        digits(&self)
      }
    }
    let text = text(from..<at).replacing("_", with: "")
    if !isDouble, let value = Int(text) { return .int(value) }
    guard isDouble, let value = Double(text) else {
      throw ChatTemplateError(.expected("a number of 64 bits", found: "a larger one"), at: start)
    }
    return .double(value)
  }

  private func digit(at offset: Int) -> Bool {
    at + offset < scalars.count && scalars[at + offset].isDigit
  }

  private mutating func string() throws(ChatTemplateError) -> String {
    let (quote, start) = (scalars[at], position)
    move(to: at + 1)
    var text = String.UnicodeScalarView()
    while at < scalars.count, scalars[at] != quote {
      if scalars[at] == "\\", at + 1 < scalars.count {
        move(to: at + 1)
        try escape(into: &text)
      } else {
        text.append(scalars[at])
        move(to: at + 1)
      }
    }
    guard at < scalars.count else { throw ChatTemplateError(.unclosed("string"), at: start) }
    move(to: at + 1)
    return String(text)
  }

  /// Python's escapes; one that it doesn't have stays as it is written.
  private mutating func escape(into text: inout String.UnicodeScalarView) throws(ChatTemplateError)
  {
    let start = position
    let scalar = scalars[at]
    move(to: at + 1)
    switch scalar {
    case "\n": break
    case "n": text.append("\n")
    case "t": text.append("\t")
    case "r": text.append("\r")
    case "a": text.append("\u{7}")
    case "b": text.append("\u{8}")
    case "f": text.append("\u{c}")
    case "v": text.append("\u{b}")
    case "\\", "'", "\"": text.append(scalar)
    case "x": text.append(try hex(2, start))
    case "u": text.append(try hex(4, start))
    case "U": text.append(try hex(8, start))
    case "0"..."7":
      var value = scalar.value - 48
      var count = 1
      while count < 3, at < scalars.count, ("0"..."7").contains(scalars[at]) {
        value = value * 8 + scalars[at].value - 48
        move(to: at + 1)
        count += 1
      }
      text.append(Unicode.Scalar(value) ?? "\u{FFFD}")
    default:
      text.append("\\")
      text.append(scalar)
    }
  }

  private mutating func hex(_ count: Int, _ start: Position) throws(ChatTemplateError)
    -> Unicode.Scalar
  {
    let digits = at + count <= scalars.count ? text(at..<at + count) : ""
    guard digits.utf8.count == count, digits.allSatisfy(\.isHexDigit),
      let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value)
    else {
      throw ChatTemplateError(.expected("\(count) hexadecimal digits", found: "none"), at: start)
    }
    move(to: at + count)
    return scalar
  }
}

extension Unicode.Scalar {
  /// What Python's `str.isspace` and `\s` say.
  var isPythonSpace: Bool {
    value < 128
      ? value == 32 || (9...13).contains(value) || (28...31).contains(value)
      : properties.isWhitespace
  }

  var isDigit: Bool { (48...57).contains(value) }
}
