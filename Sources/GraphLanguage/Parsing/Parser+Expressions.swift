extension Parser {
  /// An expression, with the `as` that names a layer.
  mutating func expression() throws(SyntaxFailure) -> Expression {
    let value = try operation()
    guard sees(.as) else { return value }
    let start = span(token)
    let name = try layerName()
    guard case .call = value.kind else {
      throw fail(
        start.through(name.span), .asWithoutCall(rightmost: source.text(value.rightmost.span)))
    }
    return Expression(.named(value, name), span(from: value.span))
  }

  /// `as encoder.layer[i].dense`.
  mutating func layerName() throws(SyntaxFailure) -> LayerName {
    take()
    let start = span(token)
    var components: [LayerName.Component] = []
    repeat {
      let name = try expectWord("a name such as encoder.layer[i]")
      var component = LayerName.Component(name)
      if sees(.leftBracket), isOnLine {
        let open = take()
        component.index = try bracketed { parser throws(SyntaxFailure) in
          let index = try parser.operation()
          try parser.expectClosing(.rightBracket, of: open)
          return index
        }
      }
      components.append(component)
      guard components.count <= Limits.nesting else { throw fail(span(token), .nestedTooDeep) }
    } while isOnLine && takes(.dot)
    return LayerName(components, span(from: start))
  }

  /// An expression without `as`, by precedence climbing.
  mutating func operation() throws(SyntaxFailure) -> Expression {
    try nested { parser throws(SyntaxFailure) in try parser.operation(above: 0) }
  }

  private mutating func operation(above precedence: Int) throws(SyntaxFailure) -> Expression {
    var left = try unary()
    var links = 0
    while isOnLine, case .symbol(let symbol) = token.kind,
      let op = BinaryOperator(rawValue: symbol.rawValue), op.precedence > precedence
    {
      // `x +` at the end of a line goes on; `x -= 1` is no operation.
      if following.kind == .symbol(.assign), !following.startsLine { break }
      links += 1
      guard links <= Limits.nesting else { throw fail(span(token), .nestedTooDeep) }
      take()
      let right = try nested { parser throws(SyntaxFailure) in
        try parser.operation(above: op.precedence)
      }
      left = Expression(.binary(op, left, right), left.span.through(right.span))
      if op.isComparison, isOnLine, case .symbol(let next) = token.kind,
        let second = BinaryOperator(rawValue: next.rawValue), second.isComparison
      {
        throw fail(span(token), .chainedComparison(op.rawValue, second.rawValue))
      }
    }
    return left
  }

  private mutating func unary() throws(SyntaxFailure) -> Expression {
    guard case .symbol(let symbol) = token.kind, let op = UnaryOperator(rawValue: symbol.rawValue)
    else { return try postfix() }
    let start = span(take())
    let operand = try nested { parser throws(SyntaxFailure) in try parser.unary() }
    return Expression(.unary(op, operand), span(from: start))
  }

  private mutating func postfix() throws(SyntaxFailure) -> Expression {
    var base = try primary()
    var links = 0
    while sees(.leftBracket), isOnLine {
      links += 1
      guard links <= Limits.nesting else { throw fail(span(token), .nestedTooDeep) }
      let open = take()
      let subscripts = try bracketed { parser throws(SyntaxFailure) in
        var subscripts: [Subscript] = []
        while !parser.sees(.rightBracket) {
          subscripts.append(try parser.subscriptPart())
          guard parser.takes(.comma) else { break }
        }
        try parser.expectClosing(.rightBracket, of: open)
        return subscripts
      }
      guard !subscripts.isEmpty else { throw fail(span(open), .emptySubscript) }
      base = Expression(.subscripted(base, subscripts), span(from: base.span))
    }
    return base
  }

  private mutating func subscriptPart() throws(SyntaxFailure) -> Subscript {
    if takes(.ellipsis) { return .ellipsis }
    if takes(.colon) { return .all }
    let start = try operation()
    guard takes(.range) else { return .index(start) }
    return .range(start, try operation())
  }

  private mutating func primary() throws(SyntaxFailure) -> Expression {
    let start = span(token)
    switch token.kind {
    case .integer:
      let digits = text(take())
      guard digits.wholeNumber != nil else { throw fail(start, .integerTooLarge(digits)) }
      return Expression(.integer(digits), start)
    case .float:
      return Expression(.float(text(take())), start)
    case .string: return Expression(.string(try string()), start)
    case .keyword(.true), .keyword(.false):
      return Expression(.bool(take().kind == .keyword(.true)), start)
    case .keyword(.nil):
      take()
      return Expression(.nil, start)
    case .name: return try nameOrCall()
    case .symbol(.leftBracket):
      let open = take()
      let (hasEllipsis, elements) = try bracketed { parser throws(SyntaxFailure) in
        try parser.extents(open)
      }
      return Expression(.list(ellipsis: hasEllipsis, elements), span(from: start))
    case .symbol(.leftParen):
      let open = take()
      let inner = try bracketed { parser throws(SyntaxFailure) in
        let inner = try parser.expression()
        try parser.expectClosing(.rightParen, of: open)
        return inner
      }
      return Expression(.parenthesized(inner), span(from: start))
    case .keyword(let keyword) where !token.startsLine:
      throw fail(start, .keywordAsName(keyword.rawValue, what: "a value"))
    default: throw expected("a value")
    }
  }

  private mutating func nameOrCall() throws(SyntaxFailure) -> Expression {
    // After an operator, the name may stand on the next line.
    let word = take()
    let name = Name(text(word), span(word))
    guard sees(.leftParen), isOnLine else { return Expression(.name(name.text), name.span) }
    let open = take()
    let arguments = try bracketed { parser throws(SyntaxFailure) in
      var arguments: [Argument] = []
      while !parser.sees(.rightParen) {
        arguments.append(try parser.argument())
        guard parser.takes(.comma) else { break }
      }
      try parser.expectClosing(.rightParen, of: open)
      return arguments
    }
    return Expression(.call(name, arguments), span(from: name.span))
  }

  private mutating func argument() throws(SyntaxFailure) -> Argument {
    var label: Name?
    if following.kind == .symbol(.colon) {
      label = try expectWord("a label")
      take()
    }
    return Argument(label: label, try expression())
  }
}

extension Expression {
  /// The last operand of a chain of operations.
  fileprivate var rightmost: Expression {
    if case .binary(_, _, let right) = kind { right.rightmost } else { self }
  }
}

extension String {
  /// The number that digits with `_` between them stand for, where it fits.
  var wholeNumber: Int? { Int(filter { $0 != "_" }) }

  /// The real number that digits with `_` between them stand for.
  var realNumber: Double? { Double(filter { $0 != "_" }) }
}
