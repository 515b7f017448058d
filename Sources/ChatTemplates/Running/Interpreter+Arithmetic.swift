import Foundation

/// Operators on numbers, strings and lists.
extension Interpreter {
  func negate(_ value: Value, _ position: Position) throws(ChatTemplateError) -> Value {
    if case .double(let number) = value { return .double(-number) }
    guard let integer = value.integer else { throw typeError("-", value, position) }
    return .int(try exact(0.subtractingReportingOverflow(integer), position))
  }

  func binary(
    _ sign: String, _ a: Value, _ b: Value, _ position: Position
  ) throws(ChatTemplateError) -> Value {
    if let x = a.integer, let y = b.integer { return try integers(sign, x, y, position) }
    if let x = a.number, let y = b.number { return try numbers(sign, x, y, position) }
    switch (sign, a, b) {
    case ("+", .string(let x), .string(let y)):
      try charge(bytes: x.utf8.count + y.utf8.count, position)
      return .string(x + y)
    case ("+", .list(let x), .list(let y)):
      try charge(x.count + y.count, position)
      return .list(x + y)
    case ("+", .tuple(let x), .tuple(let y)):
      try charge(x.count + y.count, position)
      return .tuple(x + y)
    case ("*", .string(let text), _):
      if let count = b.integer { return try repeated(text, count, position) }
    case ("*", _, .string(let text)):
      if let count = a.integer { return try repeated(text, count, position) }
    case ("*", .list(let elements), _):
      if let count = b.integer {
        let size = try exact(
          elements.count.multipliedReportingOverflow(by: max(0, count)), position)
        try charge(size, position)
        // Nothing many times is nothing, however many times.
        return .list(elements.isEmpty ? [] : (0..<max(0, count)).flatMap { _ in elements })
      }
    case ("%", .string(let format), _): return try formatted(format, b, position)
    default: break
    }
    for value in [a, b] { try refuseUndefined(value, position) }
    throw ChatTemplateError(
      .type("'\(sign)' can't be used with \(a.kind) and \(b.kind)"), at: position)
  }

  private func repeated(
    _ text: String, _ count: Int, _ position: Position
  ) throws(ChatTemplateError) -> Value {
    try charge(
      bytes: try exact(text.utf8.count.multipliedReportingOverflow(by: max(0, count)), position),
      position)
    return .string(String(repeating: text, count: text.isEmpty ? 0 : max(0, count)))
  }

  func exact(
    _ result: (partialValue: Int, overflow: Bool), _ position: Position
  ) throws(ChatTemplateError) -> Int {
    guard !result.overflow else {
      throw ChatTemplateError(.limit("an integer of more than 64 bits"), at: position)
    }
    return result.partialValue
  }

  private func integers(
    _ sign: String, _ x: Int, _ y: Int, _ position: Position
  ) throws(ChatTemplateError) -> Value {
    if y == 0, ["/", "//", "%"].contains(sign) {
      throw ChatTemplateError(.type("'\(sign)' by 0"), at: position)
    }
    switch sign {
    case "+": return .int(try exact(x.addingReportingOverflow(y), position))
    case "-": return .int(try exact(x.subtractingReportingOverflow(y), position))
    case "*": return .int(try exact(x.multipliedReportingOverflow(by: y), position))
    case "/": return .double(Double(x) / Double(y))
    case "//":
      let quotient = try exact(x.dividedReportingOverflow(by: y), position)
      return .int(x % y != 0 && (x < 0) != (y < 0) ? quotient - 1 : quotient)
    case "%":
      let rest = x.remainderReportingOverflow(dividingBy: y).partialValue
      return .int(rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest)
    default:
      guard y >= 0 else { return .double(pow(Double(x), Double(y))) }
      var result = 1
      for _ in 0..<min(y, 64) {
        result = try exact(result.multipliedReportingOverflow(by: x), position)
      }
      guard y <= 64 || x == 0 || x.magnitude == 1 else {
        throw ChatTemplateError(.limit("an integer of more than 64 bits"), at: position)
      }
      return .int(x == -1 && y % 2 != 0 ? -1 : result)
    }
  }

  private func numbers(
    _ sign: String, _ x: Double, _ y: Double, _ position: Position
  ) throws(ChatTemplateError) -> Value {
    if y == 0, ["/", "//", "%"].contains(sign) {
      throw ChatTemplateError(.type("'\(sign)' by 0"), at: position)
    }
    switch sign {
    case "+": return .double(x + y)
    case "-": return .double(x - y)
    case "*": return .double(x * y)
    case "/": return .double(x / y)
    case "//": return .double((x / y).rounded(.down))
    case "%":
      let rest = fmod(x, y)
      return .double(rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest)
    default: return .double(pow(x, y))
    }
  }

  /// `%s` and `%d` of Python's formatting.
  func formatted(
    _ format: String, _ value: Value, _ position: Position
  ) throws(ChatTemplateError) -> Value {
    var values: [Value] = if case .tuple(let elements) = value { elements } else { [value] }
    values.reverse()
    var text = BoundedText(limit: limits.bytes)
    func append(_ part: String) throws(ChatTemplateError) {
      try bounded(position) { () throws(BoundedText.Fault) in try text.append(part) }
    }
    var scalars = format.unicodeScalars.makeIterator()
    while let scalar = scalars.next() {
      guard scalar == "%" else {
        try append(String(scalar))
        continue
      }
      let kind = scalars.next()
      if kind == "%" {
        try append("%")
        continue
      }
      guard let kind, "sdr".unicodeScalars.contains(kind) else {
        throw ChatTemplateError(.unsupported("a format other than %s, %d and %r"), at: position)
      }
      guard let value = values.popLast() else {
        throw ChatTemplateError(.type("the format has more places than values"), at: position)
      }
      if kind == "d" {
        let whole = value.integer ?? value.number.flatMap { Int(exactly: $0.rounded(.towardZero)) }
        guard let whole else { throw typeError("%d", value, position) }
        try append("\(whole)")
      } else {
        try bounded(position) { () throws(BoundedText.Fault) in
          if kind == "s" {
            try value.writeText(to: &text)
          } else {
            try value.writeRepresentation(to: &text)
          }
        }
      }
    }
    guard values.isEmpty else {
      throw ChatTemplateError(.type("the format has fewer places than values"), at: position)
    }
    try charge(bytes: text.text.utf8.count, position)
    return .string(text.text)
  }
}
