/// Sets of characters and escapes.
extension PatternParser {
  mutating func escape() throws(Failure) -> PatternNode {
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

  mutating func bracket() throws(Failure) -> ScalarClass {
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
