import IR
import Tensors

extension Elaborator {
  /// What a block came to: nil where it ran to its end.
  typealias Returned = [ValueID]

  func run(_ block: Block) throws(ElaborationFailure) -> Returned? {
    for statement in block.statements {
      if let returned = try run(statement) { return returned }
    }
    return nil
  }

  private func scoped(_ body: Block) throws(ElaborationFailure) -> Returned? {
    frame.scopes.append([:])
    defer { frame.scopes.removeLast() }
    return try run(body)
  }

  /// Runs a statement. A mistake in it is reported, and what it declares stays unknown.
  ///
  /// - Throws: only where the elaboration must end, or a layer can't go on.
  func run(_ statement: Statement) throws(ElaborationFailure) -> Returned? {
    try step(statement.span)
    do {
      return try execute(statement)
    } catch {
      isBroken = true
      if hasGivenUp { throw error }
      switch statement.kind {
      case .return: throw error
      case .conditional, .loop: if frame.layer != nil { throw error }
      case .variable(_, let names, let type, _):
        let declared = type.flatMap { try? tensorType($0) }
        for name in names {
          frame.set(
            name.text,
            Variable(value: declared.map { .tensor(placeholder($0.type, $0.sources)) }))
        }
      case .param(let name, let type, _, _):
        let declared = try? tensorType(type)
        frame.set(
          name.text,
          Variable(value: declared.map { .tensor(placeholder($0.type, $0.sources)) }))
      case .state(let name, let type, _):
        let stand = (try? tensorType(type)).map { placeholder($0.type, $0.sources) }
        if let stand { states.add(stand) }
        frame.set(name.text, Variable(value: stand.map { .tensor($0) }))
      case .input(let name, _): frame.set(name.text, Variable())
      case .assignment(let name, _):
        let kept = frame.find(name.text)?.type
        frame.assign(name.text, kept.map { .tensor(placeholder($0)) })
      default: break
      }
      return nil
    }
  }

  /// The name of a file in the folder of the weights; a foreign graph file can't have others read.
  private func fileName(_ name: Name) throws(ElaborationFailure) -> String {
    let parts = name.text.split(separator: "/", omittingEmptySubsequences: false)
    let isInside = parts.allSatisfy { !["", ".", ".."].contains($0) && !$0.utf8.contains(0) }
    guard isInside || options.allowsImportsOutside else {
      throw fail(name.span, .fileOutside(name.text))
    }
    return name.text
  }

  private func execute(_ statement: Statement) throws(ElaborationFailure) -> Returned? {
    // The resolver has said what can't stand in a layer.
    if frame.layer != nil, !statement.mayStandInLayer { return nil }
    switch statement.kind {
    case .setting(let setting, let value):
      switch setting {
      case .weights: weights = try fileName(value)
      case .tokenizer: tokenizer = try fileName(value)
      case .task: task = ModelTask(rawValue: value.text)
      }
    case .config(let items): for item in items { evaluate(item) }
    case .require(let condition, let message):
      guard try flag(condition) else {
        throw fail(
          condition.span, .requirementFailed(reporter.text(condition.span), message),
          notes: provenance(in: condition))
      }
    case .input(let name, let type): try declareInput(name, type, statement.span)
    case .output(let name, let type, let value): try declareOutput(name, type, value)
    case .param(let name, let type, let initializer, let path):
      try declareParameter(name, type, initializer, path, statement.span)
    case .state(let name, let type, let path):
      try declareState(name, type, path, statement.span)
    case .variable(let isMutable, let names, let type, let value):
      try declareVariable(isMutable, names, type, value)
    case .assignment(let name, let value): try assign(name, value)
    case .loop(let name, let low, let high, let body):
      return try loop(name, low, high, body)
    case .conditional(let branches, let otherwise):
      for branch in branches where try flag(branch.condition) { return try scoped(branch.body) }
      return try otherwise.map { block throws(ElaborationFailure) in try scoped(block) } ?? nil
    case .return(let values): return try returned(values)
    case .entry: break
    }
    return nil
  }

  private func declareVariable(
    _ isMutable: Bool, _ names: [Name], _ type: TypeSyntax?, _ value: Expression
  ) throws(ElaborationFailure) {
    let before = sources.count
    let result = try evaluate(value)
    guard names.count == 1 else {
      guard case .results(let ids) = result, ids.count == names.count else {
        let found = if case .results(let ids) = result { ids.count } else { 1 }
        throw fail(value.span, .resultCount(names: names.count, found: found))
      }
      for (name, id) in zip(names, ids) { declare(name, .tensor(id), isMutable, before) }
      return
    }
    if case .results(let ids) = result {
      throw fail(value.span, .resultCount(names: 1, found: ids.count))
    }
    if let type { try check(result, type, value.span, what: "'\(names[0].text)'") }
    declare(
      names[0], converted(result, to: type), isMutable, value.simpleName == nil ? before : nil)
  }

  /// Declares a variable; a value made since there were `before` gets its name.
  private func declare(_ name: Name, _ value: Value, _ isMutable: Bool, _ before: Int?) {
    var value = value
    if case .tensor(let id) = value, let before, id.index >= before, name.text != "_" {
      builder.name(id, name.text)
    }
    if case .int(let extent) = value {
      value = .int(
        Extent(
          extent.dim,
          Provenance(.name(name.text), reporter.location(name.span), parts: [extent])))
    }
    frame.set(name.text, Variable(value: value, type: value.tensor.map { type($0) }))
    if let id = value.tensor { label(id, name.text, name.span) }
  }

  private func assign(_ name: Name, _ expression: Expression) throws(ElaborationFailure) {
    let before = sources.count
    let value = try evaluate(expression)
    guard let variable = frame.find(name.text) else { throw ElaborationFailure() }
    guard let old = variable.value else {
      frame.assign(name.text, value)
      return
    }
    switch (old, value) {
    case (.tensor(let first), .tensor(let id)):
      let kept = variable.type ?? type(first)
      if kept != type(id) {
        throw fail(
          expression.span, .typeChanges(name.text, from: kept, to: type(id)),
          notes: differing(kept, sources(of: first), type(id), sources(of: id)))
      }
      if expression.simpleName == nil, id.index >= before { builder.name(id, name.text) }
    case (.float, .int(let extent)) where extent.dim.value != nil:
      frame.assign(name.text, .float(value.number ?? 0))
      return
    default:
      if old.kind != value.kind {
        throw fail(expression.span, .kindChanges(name.text, from: old.kind, to: value.kind))
      }
    }
    frame.assign(name.text, value)
    if let id = value.tensor { label(id, name.text, name.span) }
  }

  func sources(of id: ValueID) -> [Provenance?] {
    sources.indices.contains(id.index) ? sources[id.index] : []
  }

  private func loop(
    _ name: Name, _ low: Expression, _ high: Expression, _ body: Block
  ) throws(ElaborationFailure) -> Returned? {
    let start = try known(low, use: "the range of a loop")
    let end = try known(high, use: "the range of a loop")
    guard start <= end else {
      throw fail(low.span.through(high.span), .endsBeforeStart(start, end))
    }
    let (trips, overflow) = end.subtractingReportingOverflow(start)
    if overflow || trips > Limits.trips {
      throw fail(low.span.through(high.span), .tooManyTrips(from: start, to: end))
    }
    frame.trips.append(0)
    defer { frame.trips.removeLast() }
    for i in start..<end {
      frame.trips[frame.trips.count - 1] = i
      let counter = Extent(Dim(i), Provenance(.name(name.text), reporter.location(name.span)))
      frame.scopes.append([name.text: Variable(value: .int(counter))])
      defer { frame.scopes.removeLast() }
      if let returned = try run(body) { return returned }
    }
    return nil
  }

  private func returned(_ values: [Expression]) throws(ElaborationFailure) -> Returned {
    guard let layer = frame.layer else { throw ElaborationFailure() }
    var ids: [ValueID] = []
    for expression in values {
      switch try evaluate(expression) {
      case .tensor(let id): ids.append(id)
      case .results(let several) where values.count == 1: ids += several
      case let other: throw fail(expression.span, .returnsNoTensor(other.kind))
      }
    }
    guard ids.count == layer.results.count else {
      throw fail(
        values[0].span.through(values[values.count - 1].span),
        .returnCount(layer.name.text, expected: layer.results.count, found: ids.count))
    }
    for (i, (id, syntax)) in zip(ids, layer.results).enumerated() {
      let span = values.count == ids.count ? values[i].span : values[0].span
      try check(.tensor(id), syntax, span, what: "what '\(layer.name.text)' returns")
    }
    return ids
  }
}
