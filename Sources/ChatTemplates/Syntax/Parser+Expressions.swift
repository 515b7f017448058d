/// Expressions, from the weakest operator to the strongest.
extension Parser {
  /// An expression that isn't nested deeper than may be.
  private static func make(
    _ kind: Expression.Kind, _ position: Position
  ) throws(ChatTemplateError) -> Expression {
    let expression = Expression(kind, position)
    guard expression.depth <= Parser.deepestExpression else {
      throw ChatTemplateError(
        .limit("an expression is nested deeper than \(Parser.deepestExpression)"), at: position)
    }
    return expression
  }

  /// An expression, or several with commas between them: a tuple.
  mutating func expressionOrTuple(withCondition: Bool = true) throws(ChatTemplateError)
    -> Expression
  {
    let position = current.position
    var parts: [Expression] = []
    var isTuple = false
    while true {
      if !parts.isEmpty, endsTuple { break }
      parts.append(try withCondition ? expression() : or())
      guard take(.sign(",")) else { break }
      isTuple = true
    }
    return isTuple ? try Parser.make(.tuple(parts), position) : parts[0]
  }

  private var endsTuple: Bool {
    current.kind == .printEnd || current.kind == .blockEnd || isSign(")")
  }

  mutating func expression() throws(ChatTemplateError) -> Expression {
    try nested { parser throws(ChatTemplateError) in
      let position = parser.current.position
      var value = try parser.or()
      while parser.take(.name("if")) {
        let test = try parser.or()
        let otherwise = parser.take(.name("else")) ? try parser.expression() : nil
        value = try Parser.make(.condition(test, then: value, otherwise: otherwise), position)
      }
      return value
    }
  }

  private mutating func or() throws(ChatTemplateError) -> Expression {
    var left = try and()
    while isName("or") {
      let position = current.position
      advance()
      left = try Parser.make(.or(left, try and()), position)
    }
    return left
  }

  private mutating func and() throws(ChatTemplateError) -> Expression {
    var left = try not()
    while isName("and") {
      let position = current.position
      advance()
      left = try Parser.make(.and(left, try not()), position)
    }
    return left
  }

  private mutating func not() throws(ChatTemplateError) -> Expression {
    let position = current.position
    guard take(.name("not")) else { return try compare() }
    let operand = try nested { parser throws(ChatTemplateError) in try parser.not() }
    return try Parser.make(.not(operand), position)
  }

  private mutating func compare() throws(ChatTemplateError) -> Expression {
    let first = try sum()
    let position = current.position
    var rest: [(sign: String, Expression)] = []
    while true {
      if case .sign(let sign) = current.kind, ["==", "!=", "<", "<=", ">", ">="].contains(sign) {
        advance()
        rest.append((sign, try sum()))
      } else if take(.name("in")) {
        rest.append(("in", try sum()))
      } else if isName("not"), next.kind == .name("in") {
        advance()
        advance()
        rest.append(("not in", try sum()))
      } else {
        break
      }
    }
    return rest.isEmpty ? first : try Parser.make(.compare(first, rest), position)
  }

  private mutating func binary(
    _ signs: Set<String>, _ operand: (inout Parser) throws(ChatTemplateError) -> Expression
  ) throws(ChatTemplateError) -> Expression {
    var left = try operand(&self)
    while case .sign(let sign) = current.kind, signs.contains(sign) {
      let position = current.position
      advance()
      left = try Parser.make(.binary(sign, left, try operand(&self)), position)
    }
    return left
  }

  private mutating func sum() throws(ChatTemplateError) -> Expression {
    try binary(["+", "-"]) { parser throws(ChatTemplateError) in try parser.concatenation() }
  }

  private mutating func concatenation() throws(ChatTemplateError) -> Expression {
    let position = current.position
    var parts = [try product()]
    while take(.sign("~")) { parts.append(try product()) }
    return parts.count == 1 ? parts[0] : try Parser.make(.concatenate(parts), position)
  }

  private mutating func product() throws(ChatTemplateError) -> Expression {
    try binary(["*", "/", "//", "%"]) { parser throws(ChatTemplateError) in try parser.power() }
  }

  private mutating func power() throws(ChatTemplateError) -> Expression {
    try binary(["**"]) { parser throws(ChatTemplateError) in try parser.unary(withFilters: true) }
  }

  private mutating func unary(withFilters: Bool) throws(ChatTemplateError) -> Expression {
    let position = current.position
    var node: Expression
    if isSign("-") || isSign("+") {
      let isNegative = isSign("-")
      advance()
      let operand = try nested { parser throws(ChatTemplateError) in
        try parser.unary(withFilters: false)
      }
      node = try Parser.make(isNegative ? .negative(operand) : .positive(operand), position)
    } else {
      node = try primary()
    }
    node = try postfix(node)
    return withFilters ? try filtersAndTests(node) : node
  }

  private mutating func primary() throws(ChatTemplateError) -> Expression {
    let position = current.position
    func literal(_ value: Expression.Literal) -> Expression {
      Expression(.literal(value), position)
    }
    switch current.kind {
    case .name(let name):
      advance()
      switch name {
      case "true", "True": return literal(.bool(true))
      case "false", "False": return literal(.bool(false))
      case "none", "None": return literal(.none)
      default: return try Parser.make(.name(name), position)
      }
    case .string(var text):
      advance()
      while case .string(let more) = current.kind {
        text += more
        advance()
      }
      return literal(.string(text))
    case .int(let value):
      advance()
      return literal(.int(value))
    case .double(let value):
      advance()
      return literal(.double(value))
    case .sign("("):
      advance()
      if take(.sign(")")) { return try Parser.make(.tuple([]), position) }
      let inner = try nested { parser throws(ChatTemplateError) in try parser.expressionOrTuple() }
      try expectSign(")")
      return inner
    case .sign("["):
      advance()
      return try Parser.make(.list(try elements(until: "]")), position)
    case .sign("{"): return try object()
    default: throw fail("an expression")
    }
  }

  private mutating func elements(until end: String) throws(ChatTemplateError) -> [Expression] {
    var elements: [Expression] = []
    while !isSign(end) {
      if !elements.isEmpty { try expectSign(",") }
      if isSign(end) { break }
      elements.append(try expression())
    }
    try expectSign(end)
    return elements
  }

  private mutating func object() throws(ChatTemplateError) -> Expression {
    let position = current.position
    advance()
    var members: [(Expression, Expression)] = []
    while !isSign("}") {
      if !members.isEmpty { try expectSign(",") }
      if isSign("}") { break }
      let key = try expression()
      try expectSign(":")
      members.append((key, try expression()))
    }
    try expectSign("}")
    return try Parser.make(.object(members), position)
  }

  private mutating func postfix(_ start: Expression) throws(ChatTemplateError) -> Expression {
    var node = start
    while true {
      let position = current.position
      if take(.sign(".")) {
        if case .int(let index) = current.kind {
          advance()
          let place = try Parser.make(.literal(.int(index)), position)
          node = try Parser.make(.item(node, place), position)
        } else {
          node = try Parser.make(.attribute(node, try name()), position)
        }
      } else if take(.sign("[")) {
        node = try Parser.make(try subscripted(node), position)
      } else if isSign("(") {
        node = try Parser.make(.call(node, try arguments()), position)
      } else {
        return node
      }
    }
  }

  private mutating func subscripted(_ node: Expression) throws(ChatTemplateError) -> Expression.Kind
  {
    var parts: [Expression?] = []
    var colons = 0
    var part: Expression?
    while !isSign("]") {
      if take(.sign(":")) {
        parts.append(part)
        part = nil
        colons += 1
        guard colons <= 2 else { throw fail("']'") }
      } else {
        guard part == nil else { throw fail("']'") }
        part = try expression()
      }
    }
    guard part != nil || colons > 0 else { throw fail("an expression") }
    advance()
    parts.append(part)
    guard colons > 0 else { return .item(node, parts[0] ?? node) }
    return .slice(
      node, from: parts[0], to: parts[1], step: parts.count > 2 ? parts[2] : nil)
  }

  mutating func arguments() throws(ChatTemplateError) -> Expression.Arguments {
    try expectSign("(")
    var arguments = Expression.Arguments()
    var isFirst = true
    while !isSign(")") {
      if !isFirst { try expectSign(",") }
      if isSign(")") { break }
      isFirst = false
      if take(.sign("*")) {
        guard arguments.list == nil else { throw fail("one '*'") }
        arguments.list = try expression()
      } else if take(.sign("**")) {
        guard arguments.object == nil else { throw fail("one '**'") }
        arguments.object = try expression()
      } else if case .name(let name) = current.kind, next.kind == .sign("=") {
        advance()
        advance()
        arguments.named.append((name, try expression()))
      } else {
        guard arguments.named.isEmpty, arguments.list == nil else { throw fail("'name='") }
        arguments.positional.append(try expression())
      }
    }
    try expectSign(")")
    return arguments
  }

  private mutating func filtersAndTests(_ start: Expression) throws(ChatTemplateError) -> Expression
  {
    var node = start
    while true {
      if isSign("|") {
        node = try filterChain(node)
      } else if isName("is") {
        node = try test(node)
      } else if isSign("(") {
        let position = current.position
        node = try Parser.make(.call(node, try arguments()), position)
      } else {
        return node
      }
    }
  }

  /// Filters one after the other; in a `filter` block the first has no sign before it.
  mutating func filterChain(_ start: Expression) throws(ChatTemplateError) -> Expression {
    var node = start
    var isFirst = true
    while take(.sign("|")) || isFirst {
      let position = current.position
      var name = try self.name()
      while take(.sign(".")) { name += "." + (try self.name()) }
      guard Filters.table[name] != nil else {
        throw ChatTemplateError(.unknown(kind: "filter", name: name), at: position)
      }
      let arguments = isSign("(") ? try arguments() : Expression.Arguments()
      node = try Parser.make(.filter(node, name, arguments), position)
      isFirst = false
    }
    return node
  }

  private mutating func test(_ node: Expression) throws(ChatTemplateError) -> Expression {
    advance()
    let isNegated = take(.name("not"))
    let position = current.position
    let name = try self.name()
    guard Tests.table[name] != nil else {
      throw ChatTemplateError(.unknown(kind: "test", name: name), at: position)
    }
    var arguments = Expression.Arguments()
    if isSign("(") {
      arguments = try self.arguments()
    } else if startsTestArgument {
      if isName("is") { throw fail("one test; chain them with 'and'") }
      arguments.positional = [try postfix(try primary())]
    }
    return try Parser.make(.test(node, name, arguments, isNegated: isNegated), position)
  }

  private var startsTestArgument: Bool {
    switch current.kind {
    case .name(let name): !["else", "or", "and", "if", "in", "not", "recursive"].contains(name)
    case .string, .int, .double, .sign("["), .sign("{"): true
    default: false
    }
  }
}
