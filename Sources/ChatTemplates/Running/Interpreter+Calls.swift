import Formats

/// Calls of functions, methods, macros, filters and tests.
extension Interpreter {
  func evaluate(
    _ arguments: Expression.Arguments, _ scope: Scope, at position: Position = Position()
  ) throws(ChatTemplateError) -> Arguments {
    var result = Arguments(position: position)
    for part in arguments.positional { result.positional.append(try evaluate(part, scope)) }
    if let list = arguments.list {
      let value = try evaluate(list, scope)
      guard let elements = try elements(of: value, list.position) else {
        throw typeError("*", value, list.position)
      }
      result.positional += elements
    }
    for (name, part) in arguments.named { result.named.append((name, try evaluate(part, scope))) }
    if let object = arguments.object {
      guard case .mapping(let mapping) = try evaluate(object, scope) else {
        throw ChatTemplateError(.type("'**' takes an object"), at: object.position)
      }
      try charge(mapping.count, object.position)
      result.named += zip(mapping.keys, mapping.values).map { ($0, $1) }
    }
    return result
  }

  /// The value of a call; a macro sees `caller` as the body of a `call` block.
  func evaluateCall(
    _ expression: Expression, _ scope: Scope, caller: Value?
  ) throws(ChatTemplateError) -> Value {
    guard case .call(let callee, let given) = expression.kind else {
      throw ChatTemplateError(
        .expected("a call", found: "another expression"), at: expression.position)
    }
    let function = try evaluate(callee, scope)
    let arguments = try evaluate(given, scope, at: expression.position)
    return try call(function, arguments, caller: caller)
  }

  private func call(
    _ function: Value, _ arguments: Arguments, caller: Value?
  ) throws(ChatTemplateError) -> Value {
    let position = arguments.position
    switch function {
    case .callable(.function(let name)): return try Globals.call(name, arguments, self)
    case .callable(.method(let value, let name)):
      return try Methods.call(name, of: value, arguments, self)
    case .callable(.macro(let macro)): return try call(macro, arguments, caller: caller)
    case .callable(.joiner(let turn, let separator)):
      defer { turn.count += 1 }
      return .string(turn.count == 0 ? "" : separator)
    case .loop(let state):
      guard let (loop, scope) = state.recursion, let elements = arguments.positional.first else {
        throw ChatTemplateError(.type("only a recursive loop can be called"), at: position)
      }
      return try deeper(position) { () throws(ChatTemplateError) in
        var output = ""
        try run(loop, over: elements, in: scope, position, into: &output)
        return .string(output)
      }
    case .undefined(let what): throw ChatTemplateError(.undefined(what), at: position)
    default: throw ChatTemplateError(.type("\(function.kind) can't be called"), at: position)
    }
  }

  private func call(
    _ macro: Macro, _ arguments: Arguments, caller: Value?
  ) throws(ChatTemplateError) -> Value {
    let position = arguments.position
    let signature = macro.signature
    return try deeper(position) { () throws(ChatTemplateError) in
      let scope = Scope(parent: macro.scope)
      var named = arguments.named
      for (i, parameter) in signature.parameters.enumerated() {
        if i < arguments.positional.count {
          scope.set(parameter.name, arguments.positional[i])
        } else if let given = named.firstIndex(where: { $0.name == parameter.name }) {
          scope.set(parameter.name, named.remove(at: given).value)
        } else if let value = parameter.value {
          scope.set(parameter.name, try evaluate(value, scope))
        } else {
          scope.set(parameter.name, .undefined("parameter '\(parameter.name)'"))
        }
      }
      if macro.name != "caller" { scope.set("caller", caller ?? .undefined("'caller'")) }
      let count = signature.parameters.count
      guard signature.takesMore || arguments.positional.count <= count else {
        throw ChatTemplateError(
          .type("macro '\(macro.name)' takes at most \(count) arguments"), at: position)
      }
      if let first = named.first, !signature.takesNames {
        throw ChatTemplateError(
          .type("macro '\(macro.name)' has no argument '\(first.name)'"), at: position)
      }
      scope.set("varargs", .tuple(Array(arguments.positional.dropFirst(count))))
      scope.set("kwargs", .mapping(Mapping(named.map { ($0.name, $0.value) })))
      return .string(try text(of: macro.body, in: scope))
    }
  }

  /// Applies a block's chain of filters to its text: the innermost operand stands for it.
  func applyChain(
    _ expression: Expression, to text: Value, _ scope: Scope
  ) throws(ChatTemplateError) -> Value {
    guard case .filter(let base, let name, let given) = expression.kind else { return text }
    let value = try applyChain(base, to: text, scope)
    return try filter(name, value, evaluate(given, scope, at: expression.position))
  }

  func filter(
    _ name: String, _ value: Value, _ arguments: Arguments
  ) throws(ChatTemplateError) -> Value {
    guard let filter = Filters.table[name] else {
      throw ChatTemplateError(.unknown(kind: "filter", name: name), at: arguments.position)
    }
    try arguments.check(filter.arguments, of: "filter '\(name)'", isOpen: filter.isOpen)
    if let count = value.elementCount { try charge(count, arguments.position) }
    return try filter.apply(value, arguments, self)
  }

  func test(
    _ name: String, _ value: Value, _ arguments: [Value], _ position: Position
  ) throws(ChatTemplateError) -> Bool {
    guard let test = Tests.table[name] else {
      throw ChatTemplateError(.unknown(kind: "test", name: name), at: position)
    }
    guard arguments.count == test.count else {
      throw ChatTemplateError(
        .type("test '\(name)' takes \(test.count) arguments, found \(arguments.count)"),
        at: position)
    }
    return try test.apply(value, arguments, self, position)
  }
}
