extension Parser {
  /// The whole file.
  mutating func file() -> SourceFile {
    var file = SourceFile([])
    while token.kind != .end {
      let first = token
      var trivia = leadingTrivia()
      if file.items.isEmpty { trivia.startBlock() }
      do {
        file.items.append(try item(&trivia))
      } catch {
        recover(from: first)
        // A brace that closes nothing isn't reported again for what it closed.
        while sees(.rightBrace) { take() }
      }
    }
    var rest = leadingTrivia()
    if file.items.isEmpty { rest.startBlock() }
    file.trailing = rest.leading
    return file
  }

  private mutating func item(_ trivia: inout Trivia) throws(SyntaxFailure) -> SourceFile.Item {
    let start = span(token)
    switch token.kind {
    case .keyword(.import):
      take()
      let path = try expectString("the path of a graph file in quotes")
      try endStatement()
      close(&trivia)
      return .import(Import(path, trivia: trivia, span(from: start)))
    case .keyword(.layer): return .layer(try layer(&trivia))
    case .keyword(.model):
      take()
      let name = try expectName("the model's name")
      let body = try block(of: "the model")
      close(&trivia)
      return .model(ModelDeclaration(name, body, trivia: trivia, span(from: start)))
    case .keyword(let keyword) where keyword.startsStatement:
      throw fail(start, .statementOutside(keyword.rawValue))
    case .symbol(.rightBrace): throw fail(start, .unopenedBrace)
    default:
      let word = text(token)
      throw fail(
        start,
        .expected(
          "'import', 'layer' or 'model'", found: "'\(word.shortened(to: 30))'",
          help: Suggestion.nearest(to: word, among: ["import", "layer", "model"])
            .map { "did you mean '\($0)'?" }))
    }
  }

  private mutating func layer(_ trivia: inout Trivia) throws(SyntaxFailure) -> LayerDeclaration {
    let start = span(take())
    let name = try expectName("the layer's name")
    let open = try expect(.leftParen, "and what the layer takes")
    let parameters = try bracketed { parser throws(SyntaxFailure) in
      var parameters: [LayerDeclaration.Parameter] = []
      while !parser.sees(.rightParen) {
        parameters.append(try parser.parameter())
        guard parser.takes(.comma) else { break }
        parser.moveTrailingComment(to: &parameters[parameters.count - 1].trivia)
      }
      if !parameters.isEmpty {
        parser.moveTrailingComment(to: &parameters[parameters.count - 1].trivia)
      }
      try parser.expectClosing(.rightParen, of: open)
      return parameters
    }
    guard sees(.arrow) else {
      throw fail(missingSpan, .expected("'->' and the type of what the layer gives", found: found))
    }
    take()
    var results: [TypeSyntax] = []
    if sees(.leftParen) {
      let open = take()
      results = try bracketed { parser throws(SyntaxFailure) in
        var results = [try parser.type()]
        while parser.takes(.comma) { results.append(try parser.type()) }
        try parser.expectClosing(.rightParen, of: open)
        return results
      }
    } else {
      results = [try type()]
    }
    let body = try block(of: "the layer")
    close(&trivia)
    return LayerDeclaration(
      name, parameters, results: results, body, trivia: trivia, span(from: start))
  }

  private mutating func parameter() throws(SyntaxFailure) -> LayerDeclaration.Parameter {
    var trivia = leadingTrivia()
    trivia.followsBlank = false
    for i in trivia.leading.indices { trivia.leading[i].followsBlank = false }
    let name = try expectName("the name of an argument")
    guard takes(.colon) else {
      throw expected("':' and the type of '\(name.text)'")
    }
    let type = try type()
    let value = takes(.assign) ? try expression() : nil
    return LayerDeclaration.Parameter(name, type, value: value, trivia: trivia)
  }

  /// A type: `f32[..., n]`, `bool[batch]?`, `Int`, `[Int]`.
  mutating func type() throws(SyntaxFailure) -> TypeSyntax {
    let start = span(token)
    if sees(.leftBracket) {
      take()
      let element = try expectName("the type of the list's elements")
      try expect(.rightBracket, "after the type of the list's elements")
      let name = Name("[\(element.text)]", span(from: start))
      let isOptional = isOnLine && takes(.question)
      return TypeSyntax(name, isOptional: isOptional, span(from: start))
    }
    guard token.kind == .name else {
      throw expected("a type such as f32[batch, tokens] or Int")
    }
    let name = Name(text(take()), start)
    var type = TypeSyntax(name)
    if sees(.leftBracket), isOnLine {
      let open = take()
      type.hasShape = true
      (type.hasEllipsis, type.dims) = try bracketed { parser throws(SyntaxFailure) in
        try parser.extents(open)
      }
    }
    type.isOptional = isOnLine && takes(.question)
    type.span = span(from: start)
    return type
  }

  /// `..., a, b]`.
  mutating func extents(_ open: Token) throws(SyntaxFailure) -> (Bool, [Expression]) {
    var hasEllipsis = false
    var dims: [Expression] = []
    if takes(.ellipsis) {
      hasEllipsis = true
      if !takes(.comma) {
        try expectClosing(.rightBracket, of: open)
        return (true, [])
      }
    }
    while !sees(.rightBracket) {
      if sees(.ellipsis) { throw fail(span(token), .ellipsisNotFirst) }
      dims.append(try expression())
      guard takes(.comma) else { break }
    }
    try expectClosing(.rightBracket, of: open)
    return (hasEllipsis, dims)
  }

  /// Statements in braces.
  mutating func block(of owner: String) throws(SyntaxFailure) -> Block {
    let open = try expect(.leftBrace, "that opens \(owner)")
    return try nested { parser throws(SyntaxFailure) in
      var block = Block([])
      while !parser.sees(.rightBrace) {
        if parser.token.kind == .end || parser.closesUnindented(open) {
          throw parser.failUnclosed(owner, open)
        }
        parser.statement(into: &block)
      }
      var rest = parser.leadingTrivia()
      if block.statements.isEmpty { rest.startBlock() }
      block.trailing = rest.leading
      parser.take()
      block.span = parser.span(from: parser.span(open))
      return block
    }
  }

  /// Whether a declaration stands next though the block that `open` began isn't closed.
  private func closesUnindented(_ open: Token) -> Bool {
    guard token.startsLine, source.location(at: token.start).column == 1 else { return false }
    return sees(.layer) || sees(.model) || sees(.import)
  }
}

extension Trivia {
  /// There are no blank lines before what a block or file begins with.
  mutating func startBlock() {
    if leading.isEmpty { followsBlank = false } else { leading[0].followsBlank = false }
  }
}
