import Foundation

/// Runs a template's statements.
final class Interpreter {
  /// How statements end.
  enum Flow {
    case normal
    case breakLoop
    case continueLoop
  }

  let limits: ChatTemplate.Limits
  let now: Date
  private var steps = 0
  private var depth = 0
  private var evaluating = 0
  private var loopDepth = 0
  private var scopes: [Scope] = []
  private var namespaces: [Namespace] = []

  init(limits: ChatTemplate.Limits, now: Date) {
    self.limits = limits
    self.now = now
  }

  /// Keeps what can be in a circle of values, such as a macro's scope, until `end`.
  func keep(_ scope: Scope) { scopes.append(scope) }

  /// Keeps a namespace, which can be a member of itself.
  func keep(_ namespace: Namespace) { namespaces.append(namespace) }

  /// Opens the circles, so that all values of a rendering go with it.
  func end() {
    for scope in scopes { scope.removeAll() }
    for namespace in namespaces { namespace.members = Mapping() }
    scopes = []
    namespaces = []
  }

  /// Counts one step.
  func charge(_ position: Position) throws(ChatTemplateError) { try charge(1, position) }

  /// Counts work.
  func charge(_ count: Int, _ position: Position) throws(ChatTemplateError) {
    guard count <= limits.steps - steps else {
      throw ChatTemplateError(.limit("more than \(limits.steps) steps"), at: position)
    }
    steps += count
  }

  /// Counts a copy of `bytes`, which no string may have more of than the limit.
  func charge(bytes: Int, _ position: Position) throws(ChatTemplateError) {
    if bytes > limits.bytes {
      throw ChatTemplateError(.limit("a text of more than \(limits.bytes) bytes"), at: position)
    }
    try charge(1 + bytes / 256, position)
  }

  /// Runs `body` one level deeper.
  func deeper<R>(
    _ position: Position, _ body: () throws(ChatTemplateError) -> R
  ) throws(ChatTemplateError) -> R {
    guard depth < limits.depth else {
      throw ChatTemplateError(.limit("calls deeper than \(limits.depth)"), at: position)
    }
    depth += 1
    defer { depth -= 1 }
    return try body()
  }

  /// Evaluates an expression, no deeper than the stack bears.
  func evaluate(_ expression: Expression, _ scope: Scope) throws(ChatTemplateError) -> Value {
    try charge(expression.position)
    guard evaluating < 500 else {
      throw ChatTemplateError(.limit("expressions nested deeper than 500"), at: expression.position)
    }
    evaluating += 1
    defer { evaluating -= 1 }
    return try value(of: expression, scope)
  }

  /// Refuses lists of lists of lists, which a template can build without end.
  private func checkDepth(
    _ value: Value, _ level: Int, _ position: Position
  ) throws(ChatTemplateError) {
    guard level < 200 else {
      throw ChatTemplateError(.limit("lists nested deeper than 200"), at: position)
    }
    let parts: [Value]
    switch value {
    case .list(let elements), .tuple(let elements), .generator(let elements): parts = elements
    case .mapping(let mapping): parts = mapping.values
    default: return
    }
    try charge(1 + parts.count / 8, position)
    for part in parts { try checkDepth(part, level + 1, position) }
  }

  /// Runs statements, which write to `output`.
  func run(
    _ statements: [Statement], in scope: Scope, into output: inout String
  ) throws(ChatTemplateError) -> Flow {
    for statement in statements {
      let flow = try run(statement, in: scope, into: &output)
      if flow != .normal { return flow }
    }
    return .normal
  }

  /// The text that statements write.
  func text(
    of statements: [Statement], in scope: Scope
  ) throws(ChatTemplateError) -> String {
    var output = ""
    _ = try run(statements, in: scope, into: &output)
    return output
  }

  private func write(
    _ text: String, _ output: inout String, _ position: Position
  ) throws(ChatTemplateError) {
    try charge(1 + text.utf8.count / 256, position)
    output += text
    if output.utf8.count > limits.bytes {
      throw ChatTemplateError(.limit("a text of more than \(limits.bytes) bytes"), at: position)
    }
  }

  private func run(
    _ statement: Statement, in scope: Scope, into output: inout String
  ) throws(ChatTemplateError) -> Flow {
    let position = statement.position
    try charge(position)
    switch statement.kind {
    case .text(let text): try write(text, &output, position)
    case .print(let expression):
      try write(try text(of: evaluate(expression, scope), position), &output, position)
    case .condition(let branches, let otherwise):
      for (test, body) in branches where try evaluate(test, scope).isTrue {
        return try run(body, in: scope, into: &output)
      }
      return try run(otherwise, in: scope, into: &output)
    case .loop(let loop):
      let elements = try evaluate(loop.elements, scope)
      try run(loop, over: elements, in: scope, position, into: &output)
    case .set(let target, let value):
      try assign(try evaluate(value, scope), to: target, in: scope, position)
    case .setBlock(let target, let filters, let body):
      var value = Value.string(try text(of: body, in: Scope(parent: scope)))
      for filter in filters { value = try applyChain(filter, to: value, scope) }
      try assign(value, to: target, in: scope, position)
    case .macro(let name, let signature, let body):
      keep(scope)
      scope.set(name, .callable(.macro(Macro(name, signature, body, scope))))
    case .callBlock(let call, let signature, let body):
      keep(scope)
      let caller = Value.callable(.macro(Macro("caller", signature, body, scope)))
      try write(
        try text(of: evaluateCall(call, scope, caller: caller), position), &output, position)
    case .filterBlock(let filter, let body):
      let inner = try text(of: body, in: Scope(parent: scope))
      try write(
        try text(of: applyChain(filter, to: .string(inner), scope), position), &output, position)
    case .with(let values, let body):
      let inner = Scope(parent: scope)
      for (target, value) in values {
        try assign(try evaluate(value, scope), to: target, in: inner, position)
      }
      return try run(body, in: inner, into: &output)
    case .scoped(let body): return try run(body, in: Scope(parent: scope), into: &output)
    case .breakLoop: return .breakLoop
    case .continueLoop: return .continueLoop
    }
    return .normal
  }

  func assign(
    _ value: Value, to target: Statement.Target, in scope: Scope, _ position: Position
  ) throws(ChatTemplateError) {
    try checkDepth(value, 0, position)
    switch target {
    case .name(let name): scope.set(name, value)
    case .attribute(let name, let member):
      guard case .namespace(let namespace)? = scope[name] else {
        throw ChatTemplateError(
          .type("only a namespace's members can be set, and '\(name)' is none"), at: position)
      }
      guard !member.hasPrefix("_") else {
        throw ChatTemplateError(.type("members of a namespace don't begin with '_'"), at: position)
      }
      namespace.members.set(member, value)
    case .tuple(let targets):
      let count = value.elementCount
      guard count == targets.count, let elements = value.elements else {
        throw ChatTemplateError(
          .type("expected \(targets.count) values, found \(count.map { "\($0)" } ?? value.kind)"),
          at: position)
      }
      for (target, element) in zip(targets, elements) {
        try assign(element, to: target, in: scope, position)
      }
    }
  }

  /// Runs a loop over the elements of a value.
  func run(
    _ loop: Statement.Loop, over value: Value, in scope: Scope, _ position: Position,
    into output: inout String
  ) throws(ChatTemplateError) {
    guard var elements = try elements(of: value, position) else {
      throw ChatTemplateError(.type("a loop can't go over \(value.kind)"), at: position)
    }
    if let filter = loop.filter {
      var kept: [Value] = []
      for element in elements {
        let inner = Scope(parent: scope)
        try assign(element, to: loop.target, in: inner, position)
        if try evaluate(filter, inner).isTrue { kept.append(element) }
      }
      elements = kept
    }
    guard !elements.isEmpty else {
      _ = try run(loop.otherwise, in: Scope(parent: scope), into: &output)
      return
    }
    loopDepth += loop.isRecursive ? 1 : 0
    defer { loopDepth -= loop.isRecursive ? 1 : 0 }
    if loop.isRecursive { keep(scope) }
    let state = LoopState(
      elements, depth: max(1, loopDepth), recursion: loop.isRecursive ? (loop, scope) : nil)
    for (i, element) in elements.enumerated() {
      state.index = i
      let inner = Scope(parent: scope)
      inner.set("loop", .loop(state))
      try assign(element, to: loop.target, in: inner, position)
      if try run(loop.body, in: inner, into: &output) == .breakLoop { break }
    }
  }
}
