/// Reads regular expressions as tokenizers write them: a part of Oniguruma's language.
struct PatternParser {
  /// What is wrong with an expression, and where.
  struct Failure: Error {
    /// The character, from 0.
    var position: Int
    var message: String
  }

  let scalars: [Unicode.Scalar]
  var position = 0
  var ignoresCase = false
  private var depth = 0

  private static let deepest = 100

  private init(_ text: String) { scalars = Array(text.unicodeScalars) }

  /// The tree of an expression.
  static func parse(_ text: String) throws(Failure) -> PatternNode {
    var parser = PatternParser(text)
    let node = try parser.choice()
    guard parser.position == parser.scalars.count else {
      throw parser.failure("a ')' without its '('")
    }
    return node
  }

  func failure(_ message: String) -> Failure {
    Failure(position: position, message: message)
  }

  var next: Unicode.Scalar? {
    position < scalars.count ? scalars[position] : nil
  }

  mutating func skip(_ text: String) -> Bool {
    let wanted = Array(text.unicodeScalars)
    guard scalars[position...].starts(with: wanted) else { return false }
    position += wanted.count
    return true
  }

  private mutating func choice() throws(Failure) -> PatternNode {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw failure("more than \(Self.deepest) groups in a row") }
    var alternatives = [try sequence()]
    while skip("|") { alternatives.append(try sequence()) }
    return alternatives.count == 1 ? alternatives[0] : .choice(alternatives)
  }

  private mutating func sequence() throws(Failure) -> PatternNode {
    var nodes: [PatternNode] = []
    while let scalar = next, scalar != "|", scalar != ")" {
      let node = try atom()
      nodes.append(try repeated(node))
    }
    return nodes.count == 1 ? nodes[0] : .sequence(nodes)
  }

  private mutating func atom() throws(Failure) -> PatternNode {
    guard let scalar = next else { throw failure("something that isn't there") }
    position += 1
    switch scalar {
    case "(": return try group()
    case "[": return .set(try bracket())
    case ".": return .set(ScalarClass([.range(0x0A...0x0A)], negated: true))
    case "^": return .start
    case "$": return .end
    case "\\": return try escape()
    case "*", "+", "?":
      position -= 1
      throw failure("a '\(scalar)' with nothing before it")
    default: return .set(literal(scalar))
    }
  }

  func literal(_ scalar: Unicode.Scalar) -> ScalarClass {
    ignoresCase ? .ignoringCase(scalar) : ScalarClass(scalar)
  }

  private mutating func group() throws(Failure) -> PatternNode {
    let outer = ignoresCase
    var ahead: Bool?
    if skip("?") {
      if skip("=") {
        ahead = false
      } else if skip("!") {
        ahead = true
      } else if skip("i:") {
        ignoresCase = true
      } else if skip("-i:") {
        ignoresCase = false
      } else if !skip(":") {
        throw failure("a kind of group that Weft doesn't have")
      }
    }
    let node = try choice()
    guard skip(")") else { throw failure("a ')' that isn't there") }
    ignoresCase = outer
    return ahead.map { .ahead(node, isNegative: $0) } ?? node
  }

  // MARK: Repetitions

  private mutating func repeated(_ node: PatternNode) throws(Failure) -> PatternNode {
    var node = node
    while let (from, to) = try count() {
      if case .ahead = node { throw failure("a look ahead that is repeated") }
      guard !node.canBeEmpty else { throw failure("a repeated part that may match nothing") }
      let greed: PatternNode.Greed = skip("?") ? .lazy : skip("+") ? .possessive : .greedy
      node = .repeated(node, from: from, to: to, greed)
      // What was repeated may be empty now, and can't be repeated once more.
      if node.canBeEmpty { break }
    }
    return node
  }

  private mutating func count() throws(Failure) -> (from: Int, to: Int?)? {
    if skip("*") { return (0, nil) }
    if skip("+") { return (1, nil) }
    if skip("?") { return (0, 1) }
    guard next == "{" else { return nil }
    let start = position
    position += 1
    let from = number()
    let hasComma = skip(",")
    let to = hasComma ? number() : from
    guard skip("}"), from != nil || to != nil else {
      position = start
      throw failure("a '{' that begins no count: write \\{ for the character")
    }
    let least = from ?? 0
    guard least <= to ?? least, max(least, to ?? 0) <= 1000 else {
      position = start
      throw failure("a count that is out of order, or over 1000")
    }
    return (least, to)
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let scalar = next, let digit = Int(String(scalar)), scalar.isASCII {
      value = min((value ?? 0) * 10 + digit, 1_000_000)
      position += 1
    }
    return value
  }
}
