extension Parser {
  /// The next statement of a block; a broken one is reported and skipped.
  mutating func statement(into block: inout Block) {
    let first = token
    var trivia = leadingTrivia()
    if block.statements.isEmpty { trivia.startBlock() }
    let start = span(token)
    do {
      let kind = try nested { parser throws(SyntaxFailure) in try parser.statement() }
      try endStatement()
      let whole = span(from: start)
      close(&trivia)
      block.statements.append(Statement(kind, trivia: trivia, whole))
    } catch {
      recover(from: first)
    }
  }

  /// A statement ends with its line or its block.
  mutating func endStatement() throws(SyntaxFailure) {
    guard !token.startsLine, !sees(.rightBrace), token.kind != .end else { return }
    if case .symbol(.assign) = token.kind { throw fail(span(token), .assignsToExpression) }
    throw fail(span(token), .expected("the end of the line", found: found))
  }

  private mutating func statement() throws(SyntaxFailure) -> Statement.Kind {
    guard case .keyword(let keyword) = token.kind else { return try simpleStatement() }
    let start = span(token)
    switch keyword {
    case .weights, .tokenizer:
      take()
      let setting: Statement.Setting = keyword == .weights ? .weights : .tokenizer
      return .setting(setting, try expectString("the name of a file in quotes"))
    case .task:
      take()
      return .setting(.task, try expectName("the name of a task"))
    case .config: return try config()
    case .require:
      take()
      let condition = try expression()
      let message = takes(.comma) ? try expectString("what must hold, in quotes").text : nil
      return .require(condition, message)
    case .input:
      take()
      let name = try expectName("the input's name")
      try expect(.colon, "and the input's type")
      return .input(name, try type())
    case .output:
      take()
      let name = try expectName("the output's name")
      let type = takes(.colon) ? try type() : nil
      try expect(.assign, "and the output's value")
      return .output(name, type, try expression())
    case .param: return try param()
    case .state: return try state()
    case .let, .var: return try variable()
    case .for: return try loop()
    case .if: return try conditional()
    case .return: return try returned()
    case .entry:
      take()
      let name = try expectName("the entry's name")
      return .entry(name, try block(of: "the entry"))
    case .import, .layer, .model: throw fail(start, .declarationInside(keyword.rawValue))
    case .else: throw fail(start, .elseWithoutIf)
    default: throw fail(start, .expected("a statement", found: found))
    }
  }

  private mutating func config() throws(SyntaxFailure) -> Statement.Kind {
    take()
    var items: [ConfigItem] = []
    repeat {
      let name =
        if token.kind == .name { Name(text(token), span(take())) } else {
          try expectName("the config's name")
        }
      var item = ConfigItem(name, type: nil, value: nil, keys: [])
      if isOnLine, takes(.colon) { item.type = try type() }
      if isOnLine, takes(.assign) { item.value = try operation() }
      if seesKey(after: "from") {
        repeat {
          take()
          item.keys.append(try expectString("a key of config.json in quotes"))
        } while seesKey(after: "or")
      }
      if item.type == nil, item.value == nil {
        throw fail(name.span, .configWithoutValue(name.text))
      }
      items.append(item)
    } while isOnLine && takes(.comma)
    return .config(items)
  }

  /// Whether `word` and a key follow; on a line of their own, too, where they can be nothing else.
  private func seesKey(after word: String) -> Bool {
    guard token.kind == .name, text(token) == word else { return false }
    return isOnLine || following.kind == .string && !following.startsLine
  }

  private mutating func param() throws(SyntaxFailure) -> Statement.Kind {
    take()
    let name = try expectName("the parameter's name")
    try expect(.colon, "and the parameter's type")
    let type = try type()
    let initializer = isOnLine && takes(.assign) ? try operation() : nil
    return .param(name, type, initializer: initializer, path: sees(.as) ? try layerName() : nil)
  }

  private mutating func state() throws(SyntaxFailure) -> Statement.Kind {
    take()
    let name = try expectName("the state's name")
    try expect(.colon, "and the state's type")
    return .state(name, try type(), path: sees(.as) ? try layerName() : nil)
  }

  private mutating func variable() throws(SyntaxFailure) -> Statement.Kind {
    let isMutable = take().kind == .keyword(.var)
    var names: [Name] = []
    if sees(.leftParen) {
      let open = take()
      names = try bracketed { parser throws(SyntaxFailure) in
        var names = [try parser.expectName("a name")]
        while parser.takes(.comma) { names.append(try parser.expectName("a name")) }
        try parser.expectClosing(.rightParen, of: open)
        return names
      }
    } else {
      names = [try expectName("a name")]
    }
    let type = names.count == 1 && isOnLine && takes(.colon) ? try type() : nil
    try expect(.assign, "and a value")
    return .variable(isMutable: isMutable, names, type, try expression())
  }

  private mutating func loop() throws(SyntaxFailure) -> Statement.Kind {
    take()
    let name = try expectName("the name that counts the trips")
    guard sees(.in) else { throw expected("'in' and a range such as 0 ..< layers") }
    take()
    let low = try operation()
    guard sees(.range) else {
      throw expected("'..<' and the end of the range", help: "a range is written 0 ..< layers")
    }
    take()
    let high = try operation()
    return .loop(name, low, high, try block(of: "the loop"))
  }

  private mutating func conditional() throws(SyntaxFailure) -> Statement.Kind {
    var branches: [Branch] = []
    repeat {
      take()
      branches.append(Branch(try operation(), try block(of: "'if'")))
      guard sees(.else) else { return .conditional(branches, otherwise: nil) }
      take()
    } while sees(.if)
    return .conditional(branches, otherwise: try block(of: "'else'"))
  }

  private mutating func returned() throws(SyntaxFailure) -> Statement.Kind {
    take()
    guard isOnLine, !sees(.rightBrace) else { throw expected("what the layer gives") }
    guard sees(.leftParen), let open = Optional(token), isTuple else {
      return .return([try expression()])
    }
    take()
    let values = try bracketed { parser throws(SyntaxFailure) in
      var values = [try parser.expression()]
      while parser.takes(.comma) { values.append(try parser.expression()) }
      try parser.expectClosing(.rightParen, of: open)
      return values
    }
    return .return(values)
  }

  /// An assignment, or what looks like one.
  private mutating func simpleStatement() throws(SyntaxFailure) -> Statement.Kind {
    let start = token
    if start.kind == .name {
      let word = text(start)
      switch following.kind {
      case .symbol(.assign):
        take()
        take()
        return .assignment(Name(word, span(start)), try expression())
      case .symbol(.plus), .symbol(.minus), .symbol(.times), .symbol(.divide):
        if tokens[min(position + 2, tokens.count - 1)].kind == .symbol(.assign) {
          throw fail(
            span(following).through(span(tokens[position + 2])),
            .compoundAssignment(word, text(following)))
        }
      case .name, .string:
        if !following.startsLine,
          let keyword = Suggestion.nearest(to: word, among: Keyword.allCases.map(\.rawValue))
        {
          throw fail(span(start), .unknownStatement(word, nearest: keyword))
        }
      default: break
      }
    }
    if case .symbol(let symbol) = start.kind, start.startsLine,
      BinaryOperator(rawValue: symbol.rawValue) != nil, symbol != .minus
    {
      throw fail(span(start), .lineStartsWithOperator(symbol.rawValue))
    }
    let value = try expression()
    if sees(.assign), isOnLine { throw fail(span(token), .assignsToExpression) }
    throw fail(value.span, .unusedExpression)
  }

  /// Whether the parentheses that stand next hold several values.
  private var isTuple: Bool {
    var depth = 0
    for token in tokens[position...] {
      switch token.kind {
      case .symbol(.leftParen), .symbol(.leftBracket): depth += 1
      case .symbol(.rightParen), .symbol(.rightBracket): depth -= 1
      case .symbol(.comma) where depth == 1: return true
      case .symbol(.leftBrace), .symbol(.rightBrace), .end: return false
      default: break
      }
      if depth == 0 { return false }
    }
    return false
  }
}
