/// What a function, filter or test was given, and where.
struct Arguments {
  var positional: [Value] = []
  var named: [(name: String, value: Value)] = []
  var position = Position()

  /// The argument at place `i` or of that name.
  func value(_ i: Int, _ name: String) -> Value? {
    positional.indices.contains(i) ? positional[i] : named.last { $0.name == name }?.value
  }

  /// The argument, which must be there.
  func required(_ i: Int, _ name: String) throws(ChatTemplateError) -> Value {
    guard let value = value(i, name) else {
      throw ChatTemplateError(.type("the argument '\(name)' is missing"), at: position)
    }
    return value
  }

  /// A string; nil where it is missing or none.
  func string(_ i: Int, _ name: String) throws(ChatTemplateError) -> String? {
    switch value(i, name) {
    case nil, .some(.none): return nil
    case .string(let text)?: return text
    case let other?: throw wrong(name, "a string", other)
    }
  }

  /// What `str` gives of the argument; nil where it is missing.
  func text(
    _ i: Int, _ name: String, _ interpreter: Interpreter
  ) throws(ChatTemplateError) -> String? {
    guard let value = value(i, name) else { return nil }
    return try interpreter.text(of: value, position)
  }

  /// What `str` gives of the argument, which must be there.
  func requiredText(
    _ i: Int, _ name: String, _ interpreter: Interpreter
  ) throws(ChatTemplateError) -> String {
    try interpreter.text(of: required(i, name), position)
  }

  /// An integer; nil where it is missing or none.
  func integer(_ i: Int, _ name: String) throws(ChatTemplateError) -> Int? {
    guard let value = value(i, name) else { return nil }
    if case .none = value { return nil }
    guard let integer = value.integer else { throw wrong(name, "an integer", value) }
    return integer
  }

  /// A truth value.
  func flag(_ i: Int, _ name: String, _ fallback: Bool = false) -> Bool {
    value(i, name)?.isTrue ?? fallback
  }

  private func wrong(_ name: String, _ expected: String, _ found: Value) -> ChatTemplateError {
    if case .undefined(let what) = found {
      return ChatTemplateError(.undefined(what), at: position)
    }
    return ChatTemplateError(
      .type("the argument '\(name)' must be \(expected), found \(found.kind)"), at: position)
  }

  /// Refuses names and numbers of arguments that nobody takes.
  func check(
    _ names: [String], of what: String, isOpen: Bool = false
  ) throws(ChatTemplateError) {
    if isOpen { return }
    guard positional.count <= names.count else {
      throw ChatTemplateError(
        .type("\(what) takes at most \(names.count) arguments, found \(positional.count)"),
        at: position)
    }
    for argument in named {
      guard let place = names.firstIndex(of: argument.name) else {
        throw ChatTemplateError(.type("\(what) has no argument '\(argument.name)'"), at: position)
      }
      guard place >= positional.count else {
        throw ChatTemplateError(.type("\(what) is given '\(argument.name)' twice"), at: position)
      }
    }
  }
}
