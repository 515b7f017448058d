import Foundation

/// Filters on numbers.
extension Filters {
  static func numberFilter(
    _ apply: @escaping @Sendable (Double) -> Double
  ) -> @Sendable (Value, Position) throws(ChatTemplateError) -> Value {
    { value, position throws(ChatTemplateError) in
      guard let number = value.number else {
        throw ChatTemplateError(.type("expected a number, found \(value.kind)"), at: position)
      }
      if let integer = value.integer, integer != .min { return .int(Int(integer.magnitude)) }
      return .double(apply(number))
    }
  }

  @Sendable static func integer(
    _ value: Value, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws(ChatTemplateError) -> Value {
    let fallback = arguments.value(0, "default") ?? .int(0)
    let base = try arguments.integer(1, "base") ?? 10
    switch value {
    case .string(let text):
      let trimmed = StringMethods.strip(text, nil, left: true, right: true)
        .replacing("_", with: "")
      guard (2...36).contains(base) else { return fallback }
      if let integer = Int(trimmed, radix: base) { return .int(integer) }
      if let number = Double(trimmed), let integer = Int(exactly: number.rounded(.towardZero)) {
        return .int(integer)
      }
      return fallback
    default:
      if let integer = value.integer { return .int(integer) }
      return value.number.flatMap { Int(exactly: $0.rounded(.towardZero)) }.map { .int($0) }
        ?? fallback
    }
  }

  @Sendable static func double(
    _ value: Value, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws(ChatTemplateError) -> Value {
    if case .string(let text) = value,
      let number = Double(StringMethods.strip(text, nil, left: true, right: true))
    {
      return .double(number)
    }
    return value.number.map { .double($0) } ?? arguments.value(0, "default") ?? .double(0)
  }

  @Sendable static func round(
    _ value: Value, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws(ChatTemplateError) -> Value {
    let method = try arguments.string(1, "method") ?? "common"
    guard let number = value.number, ["common", "ceil", "floor"].contains(method) else {
      throw ChatTemplateError(
        .type("'round' takes a number and common, ceil or floor"), at: arguments.position)
    }
    let places = min(max(try arguments.integer(0, "precision") ?? 0, -15), 15)
    let scale = pow(10, Double(places))
    switch method {
    case "ceil": return .double((number * scale).rounded(.up) / scale)
    case "floor": return .double((number * scale).rounded(.down) / scale)
    default:
      if let integer = value.integer, places >= 0 { return .int(integer) }
      guard places >= 0 else {
        let rounded = (number * scale).rounded(.toNearestOrEven) / scale
        return value.integer == nil
          ? .double(rounded) : Int(exactly: rounded).map { .int($0) } ?? .double(rounded)
      }
      // Python rounds the exact binary number, as the C library's formatting does.
      return .double(Double(String(format: "%.\(places)f", number)) ?? number)
    }
  }

  @Sendable static func sum(
    _ value: Value, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws(ChatTemplateError) -> Value {
    var total = arguments.value(1, "start") ?? .int(0)
    for element in try elements(value, arguments.position) {
      let term = try arguments.value(0, "attribute").map { attribute throws(ChatTemplateError) in
        try member(attribute, of: element, arguments.position, interpreter)
      }
      total = try interpreter.binary("+", total, term ?? element, arguments.position)
    }
    return total
  }
}
