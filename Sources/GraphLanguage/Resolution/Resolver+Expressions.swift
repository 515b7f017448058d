import IR

extension Resolver {
  mutating func check(_ expression: Expression) {
    switch expression.kind {
    case .integer, .float, .string, .bool, .nil: break
    case .name(let name): checkName(name, expression.span)
    case .list(let hasEllipsis, let elements):
      if hasEllipsis, place != .layer { reporter.error(expression.span, .ellipsisOutsideLayer) }
      for element in elements { check(element) }
    case .unary(_, let operand): check(operand)
    case .binary(_, let left, let right):
      check(left)
      check(right)
    case .call(let name, let arguments): checkCall(name, arguments, expression.span)
    case .named(let call, let path):
      check(call)
      check(path)
      if case .call(let name, _) = call.kind, program.layers[name.text] == nil,
        ops[name.text] != nil || NumberFunction(rawValue: name.text) != nil
      {
        reporter.error(path.span, .asOnOp(name.text))
      }
    case .subscripted(let base, let subscripts):
      check(base)
      for part in subscripts {
        switch part {
        case .ellipsis, .all: break
        case .index(let index): check(index)
        case .range(let start, let end):
          check(start)
          check(end)
        }
      }
    case .parenthesized(let inner): check(inner)
    }
  }

  mutating func check(_ path: LayerName) {
    for case let index? in path.components.map(\.index) { check(index) }
  }

  private mutating func checkName(_ name: String, _ span: Span) {
    if use(name) != nil || DTypeNames.all.contains(name) || program.brokenNames.contains(name) {
      return
    }
    if program.layers[name] != nil { return reporter.error(span, .layerWithoutCall(name)) }
    var help = Suggestion.nearest(to: name, among: visibleNames + DTypeNames.all)
      .map { "did you mean '\($0)'?" }
    if place == .layer, configs.contains(name) {
      help = "'\(name)' is a config of the model: give the layer an argument for it"
    } else if outputs.contains(name) {
      help = "'\(name)' is an output: give its value a name with 'let' first"
    } else if help == nil, ops[name] != nil {
      return reporter.error(span, .opWithoutCall(name))
    }
    reporter.error(span, .unknownVariable(name, help: help))
  }

  private mutating func checkCall(_ name: Name, _ arguments: [Argument], _ span: Span) {
    for argument in arguments { check(argument.value) }
    checkOrder(arguments)
    if let layer = program.layers[name.text] {
      if calls[name.text] == nil { calls[name.text] = name.span }
      checkArguments(arguments, of: layer, span)
    } else if let op = ops[name.text] {
      let signature = op.signature
      checkLabels(
        arguments, of: name.text,
        known: signature.operands.map(\.name) + signature.attributes.map(\.name))
    } else if NumberFunction(rawValue: name.text) != nil {
      checkLabels(arguments, of: name.text, known: [])
    } else if program.brokenNames.contains(name.text) {
      return
    } else if let declared = find(name.text) {
      reporter.error(name.span, .notCallable(name.text, declared.kind))
    } else {
      let known = Array(program.layers.keys) + ops.names + NumberFunction.allCases.map(\.rawValue)
      reporter.error(name.span, .unknownCallee(name.text, known: known))
    }
  }

  private func checkOrder(_ arguments: [Argument]) {
    var labels: Set<String> = []
    for argument in arguments {
      if let label = argument.label {
        if !labels.insert(label.text).inserted {
          reporter.error(label.span, .labelTwice(label.text))
        }
      } else if !labels.isEmpty {
        reporter.error(argument.value.span, .positionalAfterLabel)
      }
    }
  }

  private func checkLabels(_ arguments: [Argument], of callee: String, known: [String]) {
    for case let label? in arguments.map(\.label) where !known.contains(label.text) {
      reporter.error(label.span, .unknownLabel(label.text, of: callee, known: known))
    }
  }

  private func checkArguments(
    _ arguments: [Argument], of layer: LayerDeclaration, _ span: Span
  ) {
    let names = layer.parameters.map(\.name.text)
    checkLabels(arguments, of: layer.name.text, known: names)
    let positional = arguments.prefix { $0.label == nil }
    var given = Set(names.prefix(positional.count))
    if positional.count > names.count {
      reporter.error(
        positional[names.count].value.span,
        .tooManyArguments(layer.name.text, takes: names.count, found: positional.count),
        notes: [declaration(of: layer)])
    }
    for case let label? in arguments.map(\.label) where names.contains(label.text) {
      if names.prefix(positional.count).contains(label.text) {
        reporter.error(label.span, .labelTwice(label.text))
      }
      given.insert(label.text)
    }
    let missing = layer.parameters.filter { $0.value == nil && !given.contains($0.name.text) }
    if !missing.isEmpty, arguments.allSatisfy({ $0.label.map { names.contains($0.text) } ?? true })
    {
      reporter.error(
        span, .missingArguments(layer.name.text, missing.map(\.name.text), form: form(of: layer)))
    }
  }

  private func declaration(of layer: LayerDeclaration) -> String {
    "it is declared as \(form(of: layer)) at \(reporter.location(layer.name.span))"
  }

  /// `Linear(x: f32[..., n], outputs: Int, biased: Bool = true)`.
  private func form(of layer: LayerDeclaration) -> String {
    let parameters = layer.parameters.map { parameter in
      "\(parameter.name.text): \(Formatter.text(parameter.type))"
        + (parameter.value.map { " = " + Formatter.layout($0).flat } ?? "")
    }
    return "\(layer.name.text)(\(parameters.joined(separator: ", ")))"
  }

  // MARK: Types

  mutating func check(_ type: TypeSyntax, allowsEllipsis: Bool = false) {
    let name = type.name.text
    if DTypeNames.scalars.contains(name) {
      if type.hasShape { reporter.error(type.span, .typeWithoutShape(name)) }
      return
    }
    if !DTypeNames.all.contains(name) { reporter.error(type.name.span, .unknownType(name)) }
    if type.hasEllipsis, !allowsEllipsis { reporter.error(type.span, .ellipsisOutsideLayer) }
    for dim in type.dims { check(dim) }
  }

  func requireTensor(_ type: TypeSyntax, of what: String) {
    if DTypeNames.scalars.contains(type.name.text) {
      reporter.error(type.span, .notATensorType(type.name.text, of: what))
    }
  }
}
