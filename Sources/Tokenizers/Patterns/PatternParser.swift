/// Reads regular expressions as tokenizers write them: a part of Oniguruma's language.
struct PatternParser {
  /// What is wrong with an expression, and where.
  struct Failure: Error {
    /// The character, from 0.
    var position: Int
    var message: String
  }

  private let scalars: [Unicode.Scalar]
  private var position = 0
  private var ignoresCase = false
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

  private func failure(_ message: String) -> Failure {
    Failure(position: position, message: message)
  }

  private var next: Unicode.Scalar? {
    position < scalars.count ? scalars[position] : nil
  }

  private mutating func skip(_ text: String) -> Bool {
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

  private func literal(_ scalar: Unicode.Scalar) -> ScalarClass {
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

  // MARK: Sets

  private mutating func escape() throws(Failure) -> PatternNode {
    if skip("A") { return .start }
    if skip("z") || skip("Z") { return .end }
    switch try escapedPart() {
    case .part(let part): return .set(ScalarClass([part]))
    case .scalar(let scalar): return .set(literal(scalar))
    }
  }

  private enum Escaped {
    case part(ScalarClass.Part)
    case scalar(Unicode.Scalar)
  }

  /// What follows a backslash, in a set or outside.
  private mutating func escapedPart() throws(Failure) -> Escaped {
    guard let scalar = next else { throw failure("a '\\' at the end") }
    position += 1
    let digits = ScalarClass.Part.categories(named: "Nd") ?? .word
    switch scalar {
    case "s": return .part(.space)
    case "S": return .part(.nested(ScalarClass([.space], negated: true)))
    case "w": return .part(.word)
    case "W": return .part(.nested(ScalarClass([.word], negated: true)))
    case "d": return .part(digits)
    case "D": return .part(.nested(ScalarClass([digits], negated: true)))
    case "p": return .part(try property(isNegated: false))
    case "P": return .part(try property(isNegated: true))
    case "n": return .scalar("\n")
    case "r": return .scalar("\r")
    case "t": return .scalar("\t")
    case "f": return .scalar("\u{C}")
    case "v": return .scalar("\u{B}")
    case "x": return .scalar(try code(digits: 2))
    case "u": return .scalar(try code(digits: 4))
    default:
      guard !scalar.isASCII || !scalar.properties.isAlphabetic && Int(String(scalar)) == nil else {
        position -= 1
        throw failure("an escape '\\\(scalar)' that Weft doesn't have")
      }
      return .scalar(scalar)
    }
  }

  private mutating func property(isNegated: Bool) throws(Failure) -> ScalarClass.Part {
    guard skip("{") else { throw failure("a '{' after \\p") }
    let isInverse = skip("^")
    let start = position
    while let scalar = next, scalar != "}" { position += 1 }
    let name = String(String.UnicodeScalarView(scalars[start..<position]))
    guard let part = ScalarClass.Part.categories(named: name) else {
      position = start
      throw failure("a property '\(name)' that Weft doesn't have; it has general categories")
    }
    guard skip("}") else { throw failure("a '}' that isn't there") }
    return isNegated != isInverse ? .nested(ScalarClass([part], negated: true)) : part
  }

  private mutating func code(digits: Int) throws(Failure) -> Unicode.Scalar {
    let isBraced = skip("{")
    var value: UInt32 = 0
    var count = 0
    while let scalar = next, count < (isBraced ? 6 : digits),
      let digit = UInt32(String(scalar), radix: 16)
    {
      value = value << 4 | digit
      count += 1
      position += 1
    }
    guard count > 0, !isBraced || skip("}"), let scalar = Unicode.Scalar(value) else {
      throw failure("a character code that is none")
    }
    return scalar
  }

  private mutating func bracket() throws(Failure) -> ScalarClass {
    let isNegated = skip("^")
    var parts: [ScalarClass.Part] = []
    var isFirst = true
    while let scalar = next, scalar != "]" || isFirst {
      isFirst = false
      if scalar == "[" {
        position += 1
        guard next != ":" else { throw failure("a class of POSIX, which Weft doesn't have") }
        parts.append(.nested(try bracket()))
        continue
      }
      if scalars[position...].starts(with: ["&", "&"]) {
        throw failure("an intersection of sets, which Weft doesn't have")
      }
      switch try member() {
      case .part(let part): parts.append(part)
      case .scalar(let low): parts += try range(from: low)
      }
    }
    guard skip("]") else { throw failure("a ']' that isn't there") }
    return ScalarClass(parts, negated: isNegated)
  }

  private mutating func member() throws(Failure) -> Escaped {
    if skip("\\") { return try escapedPart() }
    guard let scalar = next else { throw failure("a ']' that isn't there") }
    position += 1
    return .scalar(scalar)
  }

  /// The characters from `low` to the one after a hyphen, or `low` alone.
  private mutating func range(from low: Unicode.Scalar) throws(Failure) -> [ScalarClass.Part] {
    let isRange =
      next == "-" && position + 1 < scalars.count && scalars[position + 1] != "]"
    guard isRange else {
      return ignoresCase ? [.nested(.ignoringCase(low))] : [.range(low.value...low.value)]
    }
    position += 1
    guard case .scalar(let high) = try member(), low.value <= high.value else {
      throw failure("a range that is out of order")
    }
    guard ignoresCase, high.isASCII else { return [.range(low.value...high.value)] }
    return (low.value...high.value).compactMap { value in
      Unicode.Scalar(value).map { .nested(.ignoringCase($0)) }
    }
  }
}
