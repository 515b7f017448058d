import Tensors

/// Reads the text that ``GraphPrinter/exact`` writes; values are numbered in the order of the text.
///
/// The result types after a node's `:` may be left out; where they stand they must be what the op
/// gives. A graph that was read is well-formed. Nothing in the text can make the parser trap, hang
/// or take more memory than a few times the text's.
public struct GraphParser {
  private let ops: OpTable
  private var lexer: GraphLexer
  var token: GraphLexer.Token
  private var builder = GraphBuilder(name: "")
  private var values: [String: ValueID] = [:]
  private var names: Set<String> = []

  /// The graph that `text` describes with ops of `ops`.
  public static func graph(from text: String, ops: OpTable) throws(GraphTextError) -> Graph {
    var parser = try GraphParser(text, ops)
    return try parser.graph()
  }

  private init(_ text: String, _ ops: OpTable) throws(GraphTextError) {
    self.ops = ops
    lexer = GraphLexer(text)
    token = try lexer.next()
  }

  private mutating func graph() throws(GraphTextError) -> Graph {
    try expect("graph")
    builder = GraphBuilder(name: try word("the graph's name"))
    try expect("{")
    while !isAt("}") { try definition() }
    try expect("}")
    guard token.kind == .end else { throw expected("the end") }
    return builder.graph()
  }

  private mutating func definition() throws(GraphTextError) {
    if isAt("output") { return try output() }
    var results: [(name: String?, isNamed: Bool, at: GraphLexer.Token)] = []
    if token.kind == .value {
      repeat {
        let at = token
        try advance()
        if values[at.text] != nil || results.contains(where: { $0.at.text == at.text }) {
          throw error(.redefined(at.text), at)
        }
        let named = token.kind == .identifier || token.kind == .string
        let isNil = isAt("_")
        let name = named ? try word("a name") : nil
        results.append((isNil ? nil : name, named, at))
      } while try take(",")
      try expect("=")
    }
    let at = token
    guard at.kind == .identifier else { throw expected("a definition") }
    try advance()
    if isAt("(") {
      let types = try node(at, names: results.map(\.name))
      guard types.count == results.count else {
        throw error(
          .resultCount(op: at.text, expected: types.count, found: results.count), at)
      }
      for (result, value) in zip(results, types) { values[result.at.text] = value }
      return
    }
    guard results.count == 1, let result = results.first else { throw expected("'('") }
    let value = try leaf(at)
    values[result.at.text] = value
    if result.isNamed { builder.rename(value, result.name) }
  }

  private mutating func output() throws(GraphTextError) {
    try expect("output")
    let name = try unused("output")
    try expect("=")
    builder.output(name, try operand())
  }

  /// A string that no other `kind` is called.
  private mutating func unused(_ kind: String) throws(GraphTextError) -> String {
    let at = token
    guard at.kind == .string else { throw expected("the name of the \(kind) in quotes") }
    guard names.insert("\(kind) \(at.text)").inserted else {
      throw error(.redefined("\(kind) \(at.described)"), at)
    }
    try advance()
    return at.text
  }

  private mutating func operand() throws(GraphTextError) -> ValueID {
    guard token.kind == .value else { throw expected("a value such as %0") }
    guard let value = values[token.text] else { throw error(.undefined(token.text), token) }
    try advance()
    return value
  }

  /// An input, parameter, state or constant, whose keyword was read.
  private mutating func leaf(_ keyword: GraphLexer.Token) throws(GraphTextError) -> ValueID {
    switch keyword.text {
    case "input":
      let name = try unused("input")
      try expect(":")
      let type = try tensorType()
      return builder.input(name, type, origin: try origin())
    case "parameter":
      let name = try unused("parameter")
      try expect("=")
      let parameter = Parameter(name, try initializer())
      try expect(":")
      let type = try tensorType()
      return builder.parameter(parameter, type, origin: try origin())
    case "state":
      let name = try unused("state")
      try expect(":")
      let type = try tensorType()
      return builder.state(name, type, origin: try origin())
    case "constant":
      let tensor = try constant()
      return builder.constant(tensor, origin: try origin())
    default:
      throw error(
        .expected("input, parameter, state, constant or an op's call", found: keyword.described),
        keyword)
    }
  }

  private mutating func node(
    _ name: GraphLexer.Token, names: [String?]
  ) throws(GraphTextError) -> [ValueID] {
    guard let definition = ops[name.text] else { throw error(.unknownOp(name.text), name) }
    var operands: [ValueID] = []
    try expect("(")
    if !isAt(")") {
      repeat { operands.append(try operand()) } while try take(",")
    }
    try expect(")")
    let given = try attributes(of: definition.signature)
    let types = operands.map { builder.type(of: $0) }
    let op: any Op
    let found: [TensorType]
    do {
      op = try definition.make(given, ops: ops)
      found = try op.resultTypes(types)
    } catch let reason {
      throw error(.op(name.text, operands: types, reason), name)
    }
    if try take(":") {
      let at = token
      var declared: [TensorType] = []
      repeat { declared.append(try tensorType()) } while try take(",")
      guard declared == found else {
        throw error(.types(op: name.text, expected: found, found: declared), at)
      }
    }
    return builder.add(op, operands, resultTypes: found, names: names, origin: try origin())
  }

  private mutating func attributes(of signature: OpSignature) throws(GraphTextError) -> Attributes {
    var attributes = Attributes()
    guard try take("{") else { return attributes }
    repeat {
      let name = token
      guard name.kind == .identifier else { throw expected("an attribute's name") }
      guard let known = signature.allAttributes.first(where: { $0.name == name.text }) else {
        throw error(.op(signature.name, operands: [], .unknownAttribute(name.text)), name)
      }
      guard attributes[name.text] == nil else { throw error(.redefined(name.text), name) }
      try advance()
      try expect("=")
      attributes[name.text] = try attribute(known.kind)
    } while try take(",")
    try expect("}")
    return attributes
  }

  // MARK: Tokens

  mutating func advance() throws(GraphTextError) { token = try lexer.next() }

  /// Whether the next token is this keyword or mark.
  func isAt(_ text: String) -> Bool {
    (token.kind == .mark || token.kind == .identifier) && token.text == text
  }

  /// Steps over this keyword or mark where it stands next.
  mutating func take(_ text: String) throws(GraphTextError) -> Bool {
    guard isAt(text) else { return false }
    try advance()
    return true
  }

  mutating func expect(_ text: String) throws(GraphTextError) {
    guard try take(text) else { throw expected("'\(text)'") }
  }

  /// An identifier or a string.
  mutating func word(_ what: String) throws(GraphTextError) -> String {
    guard token.kind == .identifier || token.kind == .string else { throw expected(what) }
    let text = token.text
    try advance()
    return text
  }

  func expected(_ what: String) -> GraphTextError {
    error(.expected(what, found: token.described), token)
  }

  func error(_ reason: GraphTextError.Reason, _ at: GraphLexer.Token) -> GraphTextError {
    GraphTextError(line: at.line, column: at.column, reason: reason)
  }
}
