/// A statement that can't be read; what is wrong with it is reported.
struct SyntaxFailure: Error {}

/// Reads a graph file into its syntax tree, by recursive descent.
///
/// A broken statement is reported and left out; reading goes on at the next line that isn't
/// indented deeper, so that one mistake gives one error and all mistakes are told at once.
struct Parser {
  let source: SourceText
  let tokens: [Token]
  private let comments: [Lexer.PlacedComment]
  private(set) var diagnostics: [Diagnostic]
  /// Where each diagnostic stands.
  private(set) var diagnosticSpans: [Span]
  /// Names that statements which couldn't be read would have declared.
  private(set) var brokenNames: Set<String> = []
  /// The next token's position.
  private(set) var position = 0
  private var nextComment = 0
  /// Brackets that are open: inside them the end of a line ends nothing.
  private var brackets = 0
  private var depth = 0
  /// Lines on which something unreadable was reported: what follows from it isn't.
  private var unreadableLines: Set<Int>
  /// Where a missing brace was reported.
  private var unclosedAt = -1

  init(_ source: SourceText) {
    self.source = source
    var lexer = Lexer(source)
    lexer.run()
    tokens = lexer.tokens
    comments = lexer.comments
    diagnostics = lexer.diagnostics
    diagnosticSpans = lexer.spans
    unreadableLines = Set(lexer.spans.map { source.line(at: $0.start) })
  }

  // MARK: Tokens

  var token: Token { tokens[position] }

  /// The token after this one.
  var following: Token { tokens[min(position + 1, tokens.count - 1)] }

  /// The last token that was taken.
  var previous: Token { tokens[max(0, position - 1)] }

  func span(_ token: Token) -> Span { Span(file: source.file, token.start, token.end) }

  func span(from start: Span) -> Span {
    Span(file: source.file, start.start, max(start.end, previous.end))
  }

  func text(_ token: Token) -> String { source.text(span(token)) }

  /// Whether the statement may go on with the next token.
  var isOnLine: Bool { brackets > 0 || !token.startsLine }

  func sees(_ symbol: Symbol) -> Bool { token.kind == .symbol(symbol) }

  func sees(_ keyword: Keyword) -> Bool { token.kind == .keyword(keyword) }

  @discardableResult
  mutating func take() -> Token {
    let taken = token
    if position < tokens.count - 1 { position += 1 }
    return taken
  }

  /// Takes `symbol` where it stands next.
  mutating func takes(_ symbol: Symbol) -> Bool {
    guard sees(symbol) else { return false }
    take()
    return true
  }

  /// How the next token is called in messages.
  var found: String {
    switch token.kind {
    case .end: "the end of the file"
    case .string: "a string"
    case .keyword where isOnLine: "the keyword '\(text(token))'"
    default: isOnLine ? "'\(text(token).shortened(to: 30))'" : "the end of the line"
    }
  }

  /// Where a missing token is missing: at the next one, or after the last one of the line.
  var missingSpan: Span {
    if token.kind == .end || !isOnLine && position > 0 {
      return Span(file: source.file, previous.end, previous.end)
    }
    return span(token)
  }

  // MARK: Errors

  @discardableResult
  mutating func fail(_ span: Span, _ message: Message, notes: [String] = []) -> SyntaxFailure {
    if diagnostics.count < Limits.diagnostics,
      !unreadableLines.contains(source.line(at: span.start))
    {
      diagnostics.append(source.error(span, message, notes: notes))
      diagnosticSpans.append(span)
    }
    return SyntaxFailure()
  }

  mutating func expected(_ what: String, help: String? = nil) -> SyntaxFailure {
    fail(missingSpan, .expected(what, found: found, help: help))
  }

  @discardableResult
  mutating func expect(_ symbol: Symbol, _ context: String) throws(SyntaxFailure) -> Token {
    guard sees(symbol), isOnLine || symbol == .arrow || symbol == .leftBrace else {
      throw expected("'\(symbol.rawValue)' \(context)")
    }
    return take()
  }

  /// The closing bracket of `open`.
  mutating func expectClosing(_ symbol: Symbol, of open: Token) throws(SyntaxFailure) {
    guard sees(symbol) else {
      let location = source.location(at: open.start)
      if token.startsLine, endsExpression {
        throw fail(
          Span(file: source.file, previous.end, previous.end),
          .expected("',' or '\(symbol.rawValue)'", found: "the end of the line"),
          notes: ["'\(text(open))' was opened at \(location)"])
      }
      throw fail(
        missingSpan, .expected("',' or '\(symbol.rawValue)'", found: found),
        notes: ["'\(text(open))' was opened at \(location)"])
    }
    take()
  }

  /// Whether the next token can't go on with an expression in brackets.
  private var endsExpression: Bool {
    if case .keyword(let keyword) = token.kind { return keyword.startsStatement }
    return sees(.rightBrace)
  }

  /// Reports, once, that the block which `open` began isn't closed.
  mutating func failUnclosed(_ owner: String, _ open: Token) -> SyntaxFailure {
    if unclosedAt == token.start { return SyntaxFailure() }
    unclosedAt = token.start
    let what = token.kind == .end ? "the end of the file" : "'\(text(token))'"
    return fail(
      span(token), .expected("'}' that closes \(owner)", found: what),
      notes: ["'{' was opened at \(source.location(at: open.start))"])
  }

  mutating func expectName(_ what: String) throws(SyntaxFailure) -> Name {
    if case .keyword = token.kind, isOnLine {
      throw fail(span(token), .keywordAsName(text(token), what: what))
    }
    guard token.kind == .name, isOnLine else { throw expected(what) }
    let token = take()
    return Name(text(token), span(token))
  }

  /// A name that may be a keyword, too: a label, or a level of a layer's name.
  mutating func expectWord(_ what: String) throws(SyntaxFailure) -> Name {
    switch token.kind {
    case .name, .keyword:
      let token = take()
      return Name(text(token), span(token))
    default: throw expected(what)
    }
  }

  /// A string; after a comma it may stand on the next line.
  mutating func expectString(_ what: String) throws(SyntaxFailure) -> Name {
    guard token.kind == .string, isOnLine || previous.kind == .symbol(.comma) else {
      throw expected(what)
    }
    return Name(try string(), span(previous))
  }

  /// The text of the string that stands next, without quotes and escapes.
  mutating func string() throws(SyntaxFailure) -> String {
    let token = take()
    do {
      let end = max(token.start + 1, token.end - 1)
      return try StringEscapes.decode(source.bytes[(token.start + 1)..<end])
    } catch {
      throw fail(span(token), .badEscape(error.sequence))
    }
  }

  // MARK: Nesting

  /// Runs `body` one level deeper.
  mutating func nested<T>(
    _ body: (inout Parser) throws(SyntaxFailure) -> T
  ) throws(SyntaxFailure) -> T {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Limits.nesting else { throw fail(span(token), .nestedTooDeep) }
    return try body(&self)
  }

  /// Runs `body` inside brackets, where lines don't end.
  mutating func bracketed<T>(
    _ body: (inout Parser) throws(SyntaxFailure) -> T
  ) throws(SyntaxFailure) -> T {
    brackets += 1
    defer { brackets -= 1 }
    return try body(&self)
  }

  // MARK: Comments

  /// The comments before the next token, and whether a blank line stands there.
  mutating func leadingTrivia() -> Trivia {
    var trivia = Trivia()
    while nextComment < comments.count, comments[nextComment].start < token.start {
      trivia.leading.append(comments[nextComment].comment)
      nextComment += 1
    }
    trivia.followsBlank = token.followsBlank
    return trivia
  }

  /// Completes `trivia` after the last token of what it belongs to: comments inside move to the
  /// front, one on the same line stays at the end.
  mutating func close(_ trivia: inout Trivia) {
    while nextComment < comments.count, comments[nextComment].start < previous.end {
      var comment = comments[nextComment].comment
      comment.followsBlank = false
      trivia.leading.append(comment)
      nextComment += 1
    }
    if nextComment < comments.count, !comments[nextComment].ownsLine,
      comments[nextComment].start < token.start || token.kind == .end
    {
      trivia.trailing = comments[nextComment].comment
      trivia.trailing?.isDocumentation = false
      nextComment += 1
    }
  }

  /// Gives a comment at the end of the line that was just read to what stands there.
  mutating func moveTrailingComment(to trivia: inout Trivia) {
    guard trivia.trailing == nil, nextComment < comments.count, !comments[nextComment].ownsLine,
      comments[nextComment].start < token.start
    else { return }
    trivia.trailing = comments[nextComment].comment
    trivia.trailing?.isDocumentation = false
    nextComment += 1
  }

  /// Remembers what skipped statements would have declared, so that its uses aren't reported.
  private mutating func noteNames(_ skipped: ArraySlice<Token>) {
    guard brokenNames.count < 10_000 else { return }
    var declares = false
    for token in skipped {
      switch token.kind {
      case .keyword(let keyword): declares = keyword.startsStatement
      case .name where declares: brokenNames.insert(text(token))
      case .symbol(.assign), .symbol(.leftBrace): declares = false
      default: break
      }
    }
  }

  /// Skips a broken statement that began with `first`.
  mutating func recover(from first: Token) {
    brackets = 0
    let column = source.location(at: first.start).column
    let from = tokens.firstIndex(from: first)
    defer { noteNames(tokens[from..<max(from, position)]) }
    if token.start == first.start, !sees(.rightBrace) { take() }
    var braces = 0
    while token.kind != .end {
      if sees(.leftBrace) { braces += 1 }
      if sees(.rightBrace) {
        braces -= 1
        if braces < 0 { break }
      } else if braces == 0, token.startsLine {
        if case .keyword(let keyword) = token.kind, keyword.startsStatement,
          following.kind != .symbol(.colon)
        {
          break
        }
        if source.location(at: token.start).column <= column { break }
      }
      take()
    }
    while nextComment < comments.count, comments[nextComment].start < previous.end {
      nextComment += 1
    }
  }
}

extension [Token] {
  /// The position of `token`, found by bisection.
  fileprivate func firstIndex(from token: Token) -> Int {
    var (low, high) = (0, count - 1)
    while low < high {
      let middle = (low + high) / 2
      if self[middle].start < token.start { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension String {
  /// The text on one line, cut to `limit` characters.
  func shortened(to limit: Int) -> String {
    var result = ""
    var count = 0
    var pending = false
    for character in self {
      if character == " " || character == "\t" || character.isNewline {
        pending = !result.isEmpty
        continue
      }
      if pending {
        result.append(" ")
        count += 1
        pending = false
      }
      if count >= limit { return result + "…" }
      result.append(character)
      count += 1
    }
    return result
  }
}
