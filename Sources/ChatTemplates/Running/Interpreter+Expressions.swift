/// Evaluates expressions.
extension Interpreter {
  func value(of expression: Expression, _ scope: Scope) throws(ChatTemplateError) -> Value {
    let position = expression.position
    switch expression.kind {
    case .literal(let literal): return Value(literal)
    case .name(let name): return scope[name] ?? .undefined("'\(name)'")
    case .list(let parts): return .list(try evaluateAll(parts, scope))
    case .tuple(let parts): return .tuple(try evaluateAll(parts, scope))
    case .object(let members): return try object(members, scope)
    case .attribute(let base, let name):
      return try attribute(name, of: evaluate(base, scope), position)
    case .item(let base, let index):
      return try item(evaluate(index, scope), of: evaluate(base, scope), position)
    case .slice(let base, let from, let to, let step):
      return try slice(
        evaluate(base, scope), bound(from, scope), bound(to, scope), bound(step, scope), position)
    case .call: return try evaluateCall(expression, scope, caller: nil)
    case .filter(let base, let name, let given):
      return try filter(name, evaluate(base, scope), evaluate(given, scope, at: position))
    case .test(let base, let name, let arguments, let isNegated):
      let value = try evaluate(base, scope)
      let result = try test(
        name, value, evaluate(arguments, scope).positional, position)
      return .bool(result != isNegated)
    case .negative(let operand): return try negate(evaluate(operand, scope), position)
    case .positive(let operand):
      let value = try evaluate(operand, scope)
      guard value.number != nil else { throw typeError("+", value, position) }
      return value
    case .not(let operand): return .bool(!(try evaluate(operand, scope).isTrue))
    case .and(let left, let right):
      let value = try evaluate(left, scope)
      return value.isTrue ? try evaluate(right, scope) : value
    case .or(let left, let right):
      let value = try evaluate(left, scope)
      return value.isTrue ? value : try evaluate(right, scope)
    case .compare(let first, let rest): return try compare(first, rest, scope)
    case .binary(let sign, let left, let right):
      return try binary(sign, evaluate(left, scope), evaluate(right, scope), position)
    case .concatenate(let parts): return try concatenate(parts, scope, position)
    case .condition(let test, let then, let otherwise):
      if try evaluate(test, scope).isTrue { return try evaluate(then, scope) }
      return try otherwise.map { part throws(ChatTemplateError) in try evaluate(part, scope) }
        ?? .undefined("the inline 'if' has no 'else', and its value")
    }
  }

  private func evaluateAll(
    _ parts: [Expression], _ scope: Scope
  ) throws(ChatTemplateError) -> [Value] {
    var values: [Value] = []
    for part in parts { values.append(try evaluate(part, scope)) }
    return values
  }

  private func object(
    _ members: [(Expression, Expression)], _ scope: Scope
  ) throws(ChatTemplateError) -> Value {
    var mapping = Mapping()
    for (key, value) in members {
      guard case .string(let name) = try evaluate(key, scope) else {
        throw ChatTemplateError(
          .unsupported("an object with keys that are no strings"), at: key.position)
      }
      mapping.set(name, try evaluate(value, scope))
    }
    return .mapping(mapping)
  }

  private func concatenate(
    _ parts: [Expression], _ scope: Scope, _ position: Position
  ) throws(ChatTemplateError) -> Value {
    var text = ""
    for part in parts {
      text += try self.text(of: evaluate(part, scope), position)
      try charge(bytes: text.utf8.count, position)
    }
    return .string(text)
  }

  private func compare(
    _ first: Expression, _ rest: [(sign: String, Expression)], _ scope: Scope
  ) throws(ChatTemplateError) -> Value {
    var left = try evaluate(first, scope)
    for (sign, operand) in rest {
      let right = try evaluate(operand, scope)
      guard try compare(sign, left, right, operand.position) else { return .bool(false) }
      left = right
    }
    return .bool(true)
  }

  func compare(
    _ sign: String, _ a: Value, _ b: Value, _ position: Position
  ) throws(ChatTemplateError) -> Bool {
    switch sign {
    case "==", "!=":
      try charge(lookingAt: a, position)
      return Value.equal(a, b) == (sign == "==")
    case "in", "not in":
      if case .string(let text) = b {
        try charge(1 + text.utf8.count / 64, position)
        if case .string(let part) = a {
          try charge(searching: text.utf8.count, for: part.utf8.count, position)
        }
      } else if case .mapping = b {
        try charge(position)
      } else {
        try charge(lookingAt: b, position)
      }
      guard let isIn = b.contains(a) else {
        throw ChatTemplateError(
          .type("'\(sign)' can't look for \(a.kind) in \(b.kind)"), at: position)
      }
      return isIn == (sign == "in")
    default:
      try charge(lookingAt: a, times: 2, position)
      // NaN is neither: each sign asks its own question.
      let (x, y) = sign.hasPrefix("<") ? (a, b) : (b, a)
      guard let less = Value.less(x, y) else {
        for value in [a, b] { try refuseUndefined(value, position) }
        throw ChatTemplateError(
          .type("'\(sign)' can't compare \(a.kind) with \(b.kind)"), at: position)
      }
      return less || (sign.hasSuffix("=") && Value.equal(x, y))
    }
  }

  func refuseUndefined(_ value: Value, _ position: Position) throws(ChatTemplateError) {
    if case .undefined(let what) = value { throw ChatTemplateError(.undefined(what), at: position) }
  }

  func typeError(_ sign: String, _ value: Value, _ position: Position) -> ChatTemplateError {
    ChatTemplateError(.type("'\(sign)' can't be used with \(value.kind)"), at: position)
  }

  private func bound(
    _ expression: Expression?, _ scope: Scope
  ) throws(ChatTemplateError) -> Int? {
    guard let expression else { return nil }
    let value = try evaluate(expression, scope)
    if case .none = value { return nil }
    guard let integer = value.integer else {
      try refuseUndefined(value, expression.position)
      throw ChatTemplateError(
        .type("a slice goes from one integer to another, found \(value.kind)"),
        at: expression.position)
    }
    return integer
  }

  /// A member by its name after a point: a method first, then a member of an object.
  func attribute(
    _ name: String, of value: Value, _ position: Position
  ) throws(ChatTemplateError) -> Value {
    try refuseUndefined(value, position)
    if Methods.names(of: value).contains(name) { return .callable(.method(value, name)) }
    switch value {
    case .mapping(let mapping): if let found = mapping[name] { return found }
    case .namespace(let namespace): if let found = namespace.members[name] { return found }
    case .callable(.cycler(let turn, let values)):
      if name == "current" { return values[turn.count % values.count] }
    case .loop(let loop): if let found = loop.member(name) { return found }
    default: break
    }
    return .undefined("'\(name)' of \(value.kind)")
  }

  /// A member by what stands in brackets.
  func item(
    _ index: Value, of value: Value, _ position: Position
  ) throws(ChatTemplateError) -> Value {
    try refuseUndefined(value, position)
    switch (value, index) {
    case (.mapping(let mapping), .string(let key)):
      if let found = mapping[key] { return found }
    case (.list(let elements), _), (.tuple(let elements), _):
      if let i = index.integer {
        let at = i < 0 ? i + elements.count : i
        return elements.indices.contains(at)
          ? elements[at] : .undefined("element \(i) of \(value.kind)")
      }
    case (.string(let text), _):
      if let i = index.integer {
        try charge(text.utf8.count / 256, position)
        let scalars = text.scalars
        let at = i < 0 ? i + scalars.count : i
        return scalars.indices.contains(at)
          ? .string(String(scalars[at])) : .undefined("character \(i) of a string")
      }
    default: break
    }
    if case .string(let name) = index { return try attribute(name, of: value, position) }
    return .undefined("element \(try text(of: index, position)) of \(value.kind)")
  }

  private func slice(
    _ value: Value, _ from: Int?, _ to: Int?, _ step: Int?, _ position: Position
  ) throws(ChatTemplateError) -> Value {
    try refuseUndefined(value, position)
    let step = step ?? 1
    guard step != 0 else {
      throw ChatTemplateError(.type("a slice's step can't be 0"), at: position)
    }
    func places(_ count: Int) -> [Int] {
      func clamp(_ bound: Int?, _ fallback: Int) -> Int {
        guard let bound else { return fallback }
        let at = bound < 0 ? bound.addingReportingOverflow(count).partialValue : bound
        return step > 0 ? min(max(at, 0), count) : min(max(at, -1), count - 1)
      }
      let start = clamp(from, step > 0 ? 0 : count - 1)
      let end = clamp(to, step > 0 ? count : -1)
      return Array(Swift.stride(from: start, to: end, by: step))
    }
    switch value {
    case .list(let elements):
      try charge(elements.count, position)
      return .list(places(elements.count).map { elements[$0] })
    case .tuple(let elements):
      try charge(elements.count, position)
      return .tuple(places(elements.count).map { elements[$0] })
    case .string(let text):
      try charge(bytes: text.utf8.count, position)
      let scalars = text.scalars
      return .string(String(scalars: places(scalars.count).map { scalars[$0] }))
    default: throw ChatTemplateError(.type("there is no slice of \(value.kind)"), at: position)
    }
  }
}

extension Value {
  init(_ literal: Expression.Literal) {
    self =
      switch literal {
      case .none: .none
      case .bool(let value): .bool(value)
      case .int(let value): .int(value)
      case .double(let value): .double(value)
      case .string(let value): .string(value)
      }
  }
}
