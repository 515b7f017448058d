extension Resolver {
  mutating func check(_ block: Block, isNested: Bool = false) {
    for (i, statement) in block.statements.enumerated() {
      if reporter.isFull { return }
      check(statement, isNested: isNested)
      if case .return = statement.kind, i + 1 < block.statements.count {
        reporter.warning(block.statements[i + 1].span, .unreachable("return"))
      }
    }
  }

  private mutating func check(_ statement: Statement, isNested: Bool) {
    checkPlace(of: statement, isNested: isNested)
    switch statement.kind {
    case .setting(let setting, let value):
      if setting == .task, ModelTask(rawValue: value.text) == nil {
        reporter.error(value.span, .unknownTask(value.text))
      }
    case .config(let items): for item in items { check(item) }
    case .require(let condition, _): check(condition)
    case .input(let name, let type):
      declareDimensions(of: type, as: .symbol)
      check(type)
      requireTensor(type, of: "an input")
      declare(name, .input)
    case .output(let name, let type, let value):
      outputs.insert(name.text)
      if let type { check(type) }
      check(value)
    case .param(let name, let type, let initializer, let path):
      check(type, allowsEllipsis: place == .layer)
      requireTensor(type, of: "a parameter")
      if let initializer { checkInitializer(initializer) }
      if let path { check(path) }
      declare(name, .parameter)
    case .state(let name, let type, let path):
      declareDimensions(of: type, as: .symbol)
      check(type)
      requireTensor(type, of: "a state")
      if let path { check(path) }
      declare(name, .state)
    case .variable(let isMutable, let names, let type, let value):
      if let type { check(type, allowsEllipsis: place == .layer) }
      check(value)
      for name in names { declare(name, isMutable ? .variable : .constant) }
    case .assignment(let name, let value):
      check(value)
      checkAssignment(to: name)
    case .loop(let name, let low, let high, let body):
      check(low)
      check(high)
      scoped { resolver in
        resolver.declare(name, .counter)
        resolver.check(body, isNested: true)
      }
    case .conditional(let branches, let otherwise):
      for branch in branches {
        check(branch.condition)
        scoped { $0.check(branch.body, isNested: true) }
      }
      if let otherwise { scoped { $0.check(otherwise, isNested: true) } }
    case .return(let values): for value in values { check(value) }
    case .entry(_, let body):
      let outside = place
      place = .entry
      scoped { $0.check(body) }
      place = outside
    }
  }

  private mutating func check(_ item: ConfigItem) {
    if let value = item.value { check(value) }
    if let type = item.type {
      check(type)
      if !DTypeNames.configs.contains(type.name.text) || type.isOptional {
        reporter.error(type.span, .notAConfigType(reporter.text(type.span)))
      }
    }
    declare(item.name, .config)
  }

  private mutating func checkAssignment(to name: Name) {
    guard let declared = find(name.text) else {
      if !program.brokenNames.contains(name.text) {
        reporter.error(
          name.span,
          .assignsToUnknown(
            name.text, nearest: Suggestion.nearest(to: name.text, among: visibleNames)))
      }
      return
    }
    if declared.kind != .variable {
      reporter.error(
        name.span, .assignsToConstant(name.text, declared.kind),
        notes: ["it is declared at \(reporter.location(declared.span))"])
    }
  }

  private func checkPlace(of statement: Statement, isNested: Bool) {
    let (keyword, places, help): (String, [Place], String?)
    switch statement.kind {
    case .setting(let setting, _):
      (keyword, places, help) = (
        setting.rawValue, [.model, .modelWithEntries], "it stands at the beginning of a model"
      )
    case .config:
      (keyword, places, help) = (
        "config", [.model, .modelWithEntries],
        place == .layer
          ? "what a layer hangs on are its arguments" : "configs stand at the beginning of a model"
      )
    case .input:
      (keyword, places, help) = (
        "input", [.model, .entry],
        place == .layer
          ? "what a layer takes are its arguments" : "each entry has inputs of its own"
      )
    case .output:
      (keyword, places, help) = (
        "output", [.model, .entry],
        place == .layer
          ? "what a layer gives is what it returns" : "each entry has outputs of its own"
      )
    case .return:
      (keyword, places, help) = ("return", [.layer], "what a model gives are its outputs")
    case .entry:
      (keyword, places, help) = ("entry", [.modelWithEntries], "entries stand in a model")
    default: return
    }
    if isNested, !["return", "output"].contains(keyword) {
      reporter.error(
        statement.keywordSpan(keyword),
        .wrongPlace(
          keyword, "an 'if' or a 'for'", help: "it stands outside of them and always holds"))
    } else if !places.contains(place) {
      reporter.error(
        statement.keywordSpan(keyword), .wrongPlace(keyword, place.phrase, help: help))
    }
  }

  /// Initializers look like calls, but are words of their own.
  private mutating func checkInitializer(_ initializer: Expression) {
    let arguments: [Argument]
    let known: [String]
    switch initializer.unwrapped.kind {
    case .name("zeros"), .name("ones"): return
    case .call(let name, let given) where InitializerNames.labels[name.text] != nil:
      arguments = given
      known = InitializerNames.labels[name.text] ?? []
    default:
      reporter.error(
        initializer.span, .unknownInitializer(reporter.text(initializer.span)))
      return
    }
    for argument in arguments {
      check(argument.value)
      if let label = argument.label, !known.contains(label.text) {
        let name = reporter.text(initializer.span).prefix { $0 != "(" }
        reporter.error(label.span, .unknownLabel(label.text, of: String(name), known: known))
      }
    }
  }
}

extension Statement {
  fileprivate func keywordSpan(_ keyword: String) -> Span {
    Span(file: span.file, span.start, span.start + keyword.utf8.count)
  }
}

/// What `param … = ` may be followed by, with the labels that each takes.
enum InitializerNames {
  static let labels: [String: [String]] = [
    "constant": ["value"], "normal": ["mean", "deviation"], "uniform": ["low", "high"],
  ]
}
