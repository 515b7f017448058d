/// Cuts a template into tokens, by the rules of jinja2 with `trim_blocks` and `lstrip_blocks`.
struct Lexer {
  let scalars: [Unicode.Scalar]
  var at = 0
  var position = Position()
  private var tokens: [Token] = []
  /// Whether what was read last ended with a newline.
  private var startsLine = true

  /// The tokens of a template, with one for its end.
  static func tokens(of source: String) throws(ChatTemplateError) -> [Token] {
    var lexer = Lexer(source)
    try lexer.run()
    return lexer.tokens
  }

  private init(_ source: String) {
    var scalars: [Unicode.Scalar] = []
    scalars.reserveCapacity(source.unicodeScalars.count)
    for scalar in source.unicodeScalars {
      if scalar == "\n", scalars.last == "\r" {
        scalars[scalars.count - 1] = "\n"
      } else {
        if scalars.last == "\r" { scalars[scalars.count - 1] = "\n" }
        scalars.append(scalar)
      }
    }
    if scalars.last == "\r" { scalars[scalars.count - 1] = "\n" }
    // One newline at the end of the file is no part of the text.
    if scalars.last == "\n" { scalars.removeLast() }
    self.scalars = scalars
  }

  private mutating func run() throws(ChatTemplateError) {
    while at < scalars.count {
      var end = at
      while end < scalars.count, !startsTag(end) { end += 1 }
      guard end < scalars.count else {
        addText(at..<end)
        break
      }
      try tag(after: end)
    }
    tokens.append(Token(kind: .end, position: position))
  }

  private func startsTag(_ i: Int) -> Bool {
    scalars[i] == "{" && i + 1 < scalars.count && "{%#".unicodeScalars.contains(scalars[i + 1])
  }

  /// Reads the text up to `start`, and the tag that begins there.
  private mutating func tag(after start: Int) throws(ChatTemplateError) {
    let kind = scalars[start + 1]
    let sign = start + 2 < scalars.count ? scalars[start + 2] : " "
    addText(at..<textEnd(before: start, sign, isPrint: kind == "{"))
    move(to: start)
    let begin = position
    move(to: start + (sign == "-" || sign == "+" ? 3 : 2))
    switch kind {
    case "#": try comment(begin)
    case "{":
      tokens.append(Token(kind: .printBegin, position: begin))
      try inside(begin, isBlock: false)
    default:
      if try raw(begin) { return }
      tokens.append(Token(kind: .blockBegin, position: begin))
      try inside(begin, isBlock: true)
    }
  }

  /// Where the text before a tag ends: `-` takes all white space before it; else a block takes what
  /// stands before it in its line, where that is only white space.
  private func textEnd(before start: Int, _ sign: Unicode.Scalar, isPrint: Bool) -> Int {
    var end = start
    if sign == "-" {
      while end > at, scalars[end - 1].isPythonSpace { end -= 1 }
      return end
    }
    guard sign != "+", !isPrint else { return start }
    while end > at, scalars[end - 1] != "\n", scalars[end - 1].isPythonSpace { end -= 1 }
    return end > at ? (scalars[end - 1] == "\n" ? end : start) : (startsLine ? end : start)
  }

  private mutating func addText(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    tokens.append(Token(kind: .text(text(range)), position: position))
    move(to: range.upperBound)
  }

  private mutating func comment(_ begin: Position) throws(ChatTemplateError) {
    while at + 1 < scalars.count, !(scalars[at] == "#" && scalars[at + 1] == "}") {
      move(to: at + 1)
    }
    guard at + 1 < scalars.count else { throw ChatTemplateError(.unclosed("comment"), at: begin) }
    let sign = scalars[at - 1]
    move(to: at + 2)
    trim(sign)
  }

  /// What a tag's end takes of the text after it.
  private mutating func trim(_ sign: Unicode.Scalar) {
    if sign == "-" {
      while at < scalars.count, scalars[at].isPythonSpace { move(to: at + 1) }
    } else if sign != "+", at < scalars.count, scalars[at] == "\n" {
      move(to: at + 1)
    }
    startsLine = at > 0 && scalars[at - 1] == "\n"
  }

  /// Reads `raw … endraw`, where the block is one.
  private mutating func raw(_ begin: Position) throws(ChatTemplateError) -> Bool {
    guard let end = keywordTag("raw", at) else { return false }
    move(to: end)
    if scalars[end - 3] == "-" {
      while at < scalars.count, scalars[at].isPythonSpace { move(to: at + 1) }
    }
    startsLine = false
    var i = at
    while i + 1 < scalars.count {
      if scalars[i] == "{", scalars[i + 1] == "%" {
        let sign = i + 2 < scalars.count ? scalars[i + 2] : " "
        if let end = keywordTag("endraw", sign == "-" || sign == "+" ? i + 3 : i + 2) {
          addText(at..<textEnd(before: i, sign, isPrint: false))
          move(to: end)
          trim(scalars[end - 3])
          return true
        }
      }
      i += 1
    }
    throw ChatTemplateError(.unclosed("block 'raw'"), at: begin)
  }

  /// Where the tag ends that has only `word` from `start` on.
  private func keywordTag(_ word: String, _ start: Int) -> Int? {
    var i = start
    while i < scalars.count, scalars[i].isPythonSpace { i += 1 }
    for scalar in word.unicodeScalars {
      guard i < scalars.count, scalars[i] == scalar else { return nil }
      i += 1
    }
    while i < scalars.count, scalars[i].isPythonSpace { i += 1 }
    if i < scalars.count, scalars[i] == "-" || scalars[i] == "+" { i += 1 }
    guard i + 1 < scalars.count, scalars[i] == "%", scalars[i + 1] == "}" else { return nil }
    return i + 2
  }

  /// Reads the tokens of a tag and its end.
  private mutating func inside(_ begin: Position, isBlock: Bool) throws(ChatTemplateError) {
    var brackets: [Unicode.Scalar] = []
    while true {
      while at < scalars.count, scalars[at].isPythonSpace { move(to: at + 1) }
      guard at < scalars.count else {
        throw ChatTemplateError(.unclosed("tag"), at: begin)
      }
      if brackets.isEmpty, let (length, sign) = tagEnd(isBlock) {
        tokens.append(Token(kind: isBlock ? .blockEnd : .printEnd, position: position))
        move(to: at + length)
        if isBlock || sign == "-" { trim(sign) } else { startsLine = false }
        return
      }
      let token = try nextToken()
      if case .sign(let sign) = token.kind { try match(sign, token, &brackets) }
      tokens.append(token)
    }
  }

  /// The length and the sign of the tag's end that stands here.
  private func tagEnd(_ isBlock: Bool) -> (Int, Unicode.Scalar)? {
    let close: Unicode.Scalar = isBlock ? "%" : "}"
    let isSigned = scalars[at] == "-" || (isBlock && scalars[at] == "+")
    let i = at + (isSigned ? 1 : 0)
    guard i + 1 < scalars.count, scalars[i] == close, scalars[i + 1] == "}" else { return nil }
    return (i + 2 - at, isSigned ? scalars[at] : " ")
  }

  private func match(
    _ sign: String, _ token: Token, _ brackets: inout [Unicode.Scalar]
  ) throws(ChatTemplateError) {
    switch sign {
    case "(": brackets.append(")")
    case "[": brackets.append("]")
    case "{": brackets.append("}")
    case ")", "]", "}":
      guard let expected = brackets.popLast() else {
        throw ChatTemplateError(.expected("an expression", found: "'\(sign)'"), at: token.position)
      }
      guard sign == String(expected) else {
        throw ChatTemplateError(.expected("'\(expected)'", found: "'\(sign)'"), at: token.position)
      }
    default: break
    }
  }

  func text(_ range: Range<Int>) -> String {
    String(String.UnicodeScalarView(scalars[range]))
  }

  mutating func move(to end: Int) {
    while at < end {
      if scalars[at] == "\n" {
        position.line += 1
        position.column = 1
      } else {
        position.column += 1
      }
      at += 1
    }
  }
}
