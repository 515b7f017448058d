/// Reads statements from tokens.
struct Parser {
  private let tokens: [Token]
  private var at = 0
  private var depth = 0
  private var loops = 0

  /// How deep expressions and blocks may be nested.
  private static let deepest = 100

  /// How deep the tree of an expression may be; a chain of operators or filters is a tree, too.
  static let deepestExpression = 250

  init(_ tokens: [Token]) { self.tokens = tokens }

  var current: Token { tokens[at] }
  var next: Token { tokens[min(at + 1, tokens.count - 1)] }

  mutating func advance() { if at < tokens.count - 1 { at += 1 } }

  func fail(_ expected: String) -> ChatTemplateError {
    ChatTemplateError(.expected(expected, found: current.described), at: current.position)
  }

  func isSign(_ sign: String) -> Bool { current.kind == .sign(sign) }
  func isName(_ name: String) -> Bool { current.kind == .name(name) }

  mutating func take(_ kind: Token.Kind) -> Bool {
    guard current.kind == kind else { return false }
    advance()
    return true
  }

  mutating func expect(_ kind: Token.Kind, _ expected: String) throws(ChatTemplateError) {
    guard take(kind) else { throw fail(expected) }
  }

  mutating func expectSign(_ sign: String) throws(ChatTemplateError) {
    try expect(.sign(sign), "'\(sign)'")
  }

  mutating func name() throws(ChatTemplateError) -> String {
    guard case .name(let name) = current.kind else { throw fail("a name") }
    advance()
    return name
  }

  mutating func nested<R>(
    _ body: (inout Parser) throws(ChatTemplateError) -> R
  ) throws(ChatTemplateError) -> R {
    guard depth < Parser.deepest else {
      throw ChatTemplateError(
        .limit("it is nested deeper than \(Parser.deepest)"), at: current.position)
    }
    depth += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  /// The whole template.
  mutating func template() throws(ChatTemplateError) -> [Statement] {
    let body = try statements(until: [])
    guard current.kind == .end else { throw fail("the end of the template") }
    return body
  }

  /// Statements up to a block that begins with one of `ends`, whose name is the current token then.
  mutating func statements(until ends: Set<String>, opened: (String, Position)? = nil)
    throws(ChatTemplateError) -> [Statement]
  {
    var body: [Statement] = []
    while true {
      let position = current.position
      switch current.kind {
      case .end:
        guard let (name, place) = opened else { return body }
        throw ChatTemplateError(.unclosed("block '\(name)'"), at: place)
      case .text(let text):
        body.append(Statement(kind: .text(text), position: position))
        advance()
      case .printBegin:
        advance()
        body.append(Statement(kind: .print(try expressionOrTuple()), position: position))
        try expect(.printEnd, "'}}'")
      case .blockBegin:
        advance()
        guard case .name(let name) = current.kind else { throw fail("the name of a block") }
        if ends.contains(name) { return body }
        body.append(
          try nested { parser throws(ChatTemplateError) in try parser.block(name, position) })
      default: throw fail("text or a tag")
      }
    }
  }

  mutating func blockEnd() throws(ChatTemplateError) { try expect(.blockEnd, "'%}'") }

  /// The statements of a block, and its end.
  private mutating func body(_ name: String, _ position: Position) throws(ChatTemplateError)
    -> [Statement]
  {
    try blockEnd()
    let body = try statements(until: ["end" + name], opened: (name, position))
    advance()
    try blockEnd()
    return body
  }

  private mutating func block(_ name: String, _ position: Position) throws(ChatTemplateError)
    -> Statement
  {
    let place = current.position
    advance()
    let kind: Statement.Kind
    switch name {
    case "if": kind = try condition(position)
    case "for": kind = try loop(position)
    case "set": kind = try set(position)
    case "macro":
      let name = try self.name()
      let (signature, body) = try macro("macro", try parameters(), position)
      kind = .macro(name, signature, body)
    case "call":
      let parameters = isSign("(") ? try parameters() : []
      let call = try expression()
      let (signature, body) = try macro("call", parameters, position)
      kind = .callBlock(call, signature, body)
    case "filter":
      kind = .filterBlock(
        try filterChain(Expression(.literal(.none), place)),
        try body("filter", position))
    case "with": kind = try with(position)
    case "generation": kind = .scoped(try body("generation", position))
    case "break", "continue":
      guard loops > 0 else {
        throw ChatTemplateError(.expected("a loop around '\(name)'", found: "none"), at: place)
      }
      try blockEnd()
      kind = name == "break" ? .breakLoop : .continueLoop
    case "autoescape", "block", "do", "extends", "from", "import", "include", "trans", "debug":
      throw ChatTemplateError(.unsupported("'\(name)'"), at: place)
    default: throw ChatTemplateError(.unknown(kind: "block", name: name), at: place)
    }
    return Statement(kind: kind, position: position)
  }

  /// The body of a macro, in which no loop goes on that stands around it.
  private mutating func macro(
    _ name: String, _ parameters: [Statement.Parameter], _ position: Position
  ) throws(ChatTemplateError) -> (Statement.Signature, [Statement]) {
    let (outer, start) = (loops, at)
    loops = 0
    defer { loops = outer }
    let body = try body(name, position)
    let names = tokens[start..<at].map(\.kind)
    return (
      Statement.Signature(
        parameters: parameters, takesMore: names.contains(.name("varargs")),
        takesNames: names.contains(.name("kwargs"))), body
    )
  }

  private mutating func condition(_ position: Position) throws(ChatTemplateError) -> Statement.Kind
  {
    var branches: [(Expression, [Statement])] = []
    var otherwise: [Statement] = []
    while true {
      let test = try expressionOrTuple(withCondition: false)
      try blockEnd()
      branches.append(
        (test, try statements(until: ["elif", "else", "endif"], opened: ("if", position))))
      if take(.name("elif")) { continue }
      if take(.name("else")) {
        try blockEnd()
        otherwise = try statements(until: ["endif"], opened: ("if", position))
      }
      break
    }
    try expect(.name("endif"), "'endif'")
    try blockEnd()
    return .condition(branches, otherwise: otherwise)
  }

  private mutating func loop(_ position: Position) throws(ChatTemplateError) -> Statement.Kind {
    let target = try target(withAttributes: false, until: "in")
    try expect(.name("in"), "'in'")
    let elements = try expressionOrTuple(withCondition: false)
    let filter = take(.name("if")) ? try expression() : nil
    let isRecursive = take(.name("recursive"))
    try blockEnd()
    loops += 1
    defer { loops -= 1 }
    let body = try statements(until: ["endfor", "else"], opened: ("for", position))
    var otherwise: [Statement] = []
    if take(.name("else")) {
      try blockEnd()
      otherwise = try statements(until: ["endfor"], opened: ("for", position))
    }
    try expect(.name("endfor"), "'endfor'")
    try blockEnd()
    return .loop(
      Statement.Loop(
        target: target, elements: elements, filter: filter, isRecursive: isRecursive, body: body,
        otherwise: otherwise))
  }

  private mutating func set(_ position: Position) throws(ChatTemplateError) -> Statement.Kind {
    let target = try target(withAttributes: true, until: "=")
    if take(.sign("=")) {
      let value = try expressionOrTuple()
      try blockEnd()
      return .set(target, value)
    }
    var filters: [Expression] = []
    if isSign("|") {
      filters = [try filterChain(Expression(.literal(.none), position))]
    }
    return .setBlock(target, filters: filters, try body("set", position))
  }

  private mutating func with(_ position: Position) throws(ChatTemplateError) -> Statement.Kind {
    var values: [(Statement.Target, Expression)] = []
    while current.kind != .blockEnd {
      if !values.isEmpty { try expectSign(",") }
      let target = try target(withAttributes: false, until: "=")
      try expectSign("=")
      values.append((target, try expression()))
    }
    return .with(values, try body("with", position))
  }

  private mutating func target(withAttributes: Bool, until end: String) throws(ChatTemplateError)
    -> Statement.Target
  {
    var targets = [try oneTarget(withAttributes)]
    var isTuple = false
    while take(.sign(",")) {
      isTuple = true
      if isName(end) || isSign(end) { break }
      targets.append(try oneTarget(withAttributes))
    }
    return isTuple ? .tuple(targets) : targets[0]
  }

  private mutating func oneTarget(_ withAttributes: Bool) throws(ChatTemplateError)
    -> Statement.Target
  {
    if take(.sign("(")) {
      let inner = try nested { p throws(ChatTemplateError) in
        try p.target(withAttributes: false, until: ")")
      }
      try expectSign(")")
      return inner
    }
    let place = current.position
    let name = try self.name()
    if ["true", "false", "none", "True", "False", "None"].contains(name) {
      throw ChatTemplateError(.expected("a name to set", found: "'\(name)'"), at: place)
    }
    if withAttributes, take(.sign(".")) { return .attribute(name, try self.name()) }
    return .name(name)
  }

  private mutating func parameters() throws(ChatTemplateError) -> [Statement.Parameter] {
    try expectSign("(")
    var parameters: [Statement.Parameter] = []
    while !isSign(")") {
      if !parameters.isEmpty { try expectSign(",") }
      if isSign(")") { break }
      let name = try self.name()
      parameters.append(
        Statement.Parameter(name: name, value: take(.sign("=")) ? try expression() : nil))
    }
    try expectSign(")")
    return parameters
  }
}
