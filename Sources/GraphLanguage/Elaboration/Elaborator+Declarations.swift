import IR
import Tensors

extension Elaborator {
  func declareInput(
    _ name: Name, _ syntax: TypeSyntax, _ span: Span
  ) throws(ElaborationFailure) {
    if let first = inputs.updateValue(name.span, forKey: name.text) {
      throw fail(
        name.span, .inputTwice(name.text),
        notes: ["the first stands at \(reporter.location(first))"])
    }
    declareSymbols(of: syntax, what: "the input '\(name.text)'")
    let (type, sources) = try tensorType(syntax)
    try checkExtents(type, syntax, what: "an input")
    let id = builder.input(name.text, type, origin: origin(span))
    record(id, sources)
    label(id, name.text, name.span)
    frame.set(name.text, Variable(value: .tensor(id), type: type))
  }

  /// Names in a type that mean nothing yet are symbols.
  func declareSymbols(of syntax: TypeSyntax, what: String) {
    for dim in syntax.dims {
      guard let symbol = dim.boundName, frame.find(symbol.text) == nil else { continue }
      let place = reporter.location(symbol.span)
      let extent = Extent(Dim(symbol: symbol.text), Provenance(.symbol(of: what), place))
      frame.scopes[0][symbol.text] = Variable(value: .int(extent))
    }
  }

  func declareOutput(
    _ name: Name, _ syntax: TypeSyntax?, _ expression: Expression
  ) throws(ElaborationFailure) {
    if let first = outputs.updateValue(name.span, forKey: name.text) {
      throw fail(
        name.span, .outputTwice(name.text),
        notes: ["the first stands at \(reporter.location(first))"])
    }
    let before = sources.count
    let value = try evaluate(expression)
    guard case .tensor(let id) = value else {
      throw fail(expression.span, .outputsNoTensor(value.kind))
    }
    if let syntax { try check(value, syntax, expression.span, what: "the output '\(name.text)'") }
    if states.isVersion(id) { throw fail(expression.span, .outputsState) }
    if id.index >= before { builder.name(id, name.text) }
    label(id, name.text, name.span)
    builder.output(name.text, id)
  }

  func declareParameter(
    _ name: Name, _ syntax: TypeSyntax, _ initializer: Expression?, _ path: LayerName?, _ span: Span
  ) throws(ElaborationFailure) {
    let (type, sources) = try tensorType(syntax)
    try checkExtents(type, syntax, what: "a parameter")
    if let symbol = type.shape.dims.flatMap(\.symbols).first {
      throw fail(
        syntax.span, .symbolicParameter(name.text, symbol),
        notes: notes(zip(type.shape.dims, sources).first { $0.0.value == nil }))
    }
    let fill = try initializer.map { e throws(ElaborationFailure) in try self.initializer(e) }
    let fullName =
      try path.map { path throws(ElaborationFailure) in
        frame.path.appending(try components(path)).description
      } ?? frame.path.naming(name.text)
    try step(name.span, work: fullName.utf8.count / 64)
    let parameter = Parameter(fullName, fill ?? .standard)
    let record = ParameterRecord(
      statement: reporter.location(span), location: reporter.location(name.span),
      links: frame.links + ownLink(span), type: type, value: ValueID(0))
    let id = try share(parameter, record, name) ?? newParameter(parameter, type, sources, span)
    parameters[parameter.name] = ParameterRecord(
      statement: record.statement, location: record.location, links: record.links, type: type,
      value: id)
    frame.set(name.text, Variable(value: .tensor(id), type: type))
  }

  /// A parameter that stands in a loop is another one in each trip.
  private func ownLink(_ span: Span) -> [Frame.Link] {
    frame.trips.isEmpty
      ? [] : [Frame.Link(location: reporter.location(span), trips: frame.trips, span: span)]
  }

  private func newParameter(
    _ parameter: Parameter, _ type: TensorType, _ sources: [Provenance?], _ span: Span
  ) -> ValueID {
    let id = builder.parameter(parameter, type, origin: origin(span))
    record(id, sources)
    return id
  }

  /// The value of a parameter that this entry has already, where sharing it is meant.
  private func share(
    _ parameter: Parameter, _ new: ParameterRecord, _ name: Name
  ) throws(ElaborationFailure) -> ValueID? {
    if let first = parameters[parameter.name] {
      if first.location != new.location {
        throw fail(
          name.span, .parameterNameTaken(parameter.name),
          notes: ["the other is declared at \(first.location)"])
      }
      if first.links != new.links {
        throw sharedByAccident(parameter.name, first, new, name)
      }
      guard first.type == new.type else {
        throw fail(
          name.span, .sharedParameterTypes(parameter.name, first.type, new.type))
      }
      return first.value
    }
    if let other = allParameters[parameter.name], other.type != new.type {
      throw fail(
        name.span, .sharedParameterTypes(parameter.name, other.type, new.type),
        notes: ["another entry declares it at \(other.location)"])
    }
    return nil
  }

  /// Reports two calls without names at the one that came second: there the name is missing.
  private func sharedByAccident(
    _ parameter: String, _ first: ParameterRecord, _ new: ParameterRecord, _ name: Name
  ) -> ElaborationFailure {
    let pair = zip(first.links, new.links).first { $0 != $1 }
    guard let old = pair?.0 ?? first.links.last, let link = pair?.1 ?? new.links.last else {
      return fail(name.span, .parameterNameTaken(parameter))
    }
    let isLoop = old.location == link.location
    if isLoop, link.location == new.statement {
      return fail(name.span, .parameterInLoop(parameter))
    }
    reporter.error(
      link.span, .parameterSharedByAccident(parameter, isLoop: isLoop),
      notes: (isLoop ? [] : ["the other call stands at \(old.location)"])
        + ["the parameter is declared at \(reporter.location(name.span))"], calls: [])
    return ElaborationFailure()
  }

  func checkExtents(
    _ type: TensorType, _ syntax: TypeSyntax, what: String
  ) throws(ElaborationFailure) {
    let offset = type.rank - syntax.dims.count
    for (i, dim) in type.shape.dims.enumerated() {
      if let value = dim.value, value < 1 {
        let span = i >= offset ? syntax.dims[i - offset].span : syntax.span
        throw fail(span, .extentBelowOne(value, what: what))
      }
    }
    do {
      _ = try type.byteCount()
    } catch {
      throw fail(syntax.span, .tooLarge(type, what: what))
    }
  }

  private func initializer(_ expression: Expression) throws(ElaborationFailure) -> Initializer {
    switch expression.unwrapped.kind {
    case .name("zeros"): return .constant(0)
    case .name("ones"): return .constant(1)
    case .call(let name, let arguments):
      guard let labels = InitializerNames.labels[name.text] else { throw ElaborationFailure() }
      var values: [String: Double] = [:]
      for (i, argument) in arguments.enumerated() {
        guard i < labels.count else {
          throw fail(
            argument.value.span,
            .tooManyArguments(name.text, takes: labels.count, found: arguments.count))
        }
        let value = try evaluate(argument.value)
        guard let number = value.number, number.isFinite else {
          throw fail(argument.value.span, .notANumber(value.kind))
        }
        values[argument.label?.text ?? labels[i]] = number
      }
      return try initializer(name.text, values, expression.span)
    default: throw ElaborationFailure()
    }
  }

  private func initializer(
    _ name: String, _ values: [String: Double], _ span: Span
  ) throws(ElaborationFailure) -> Initializer {
    func required(_ label: String) throws(ElaborationFailure) -> Double {
      guard let value = values[label] else {
        throw fail(span, .unknownInitializer(reporter.text(span)))
      }
      return value
    }
    switch name {
    case "constant": return .constant(try required("value"))
    case "normal":
      let deviation = values["deviation"] ?? 0.02
      guard deviation >= 0 else { throw fail(span, .negativeDeviation(deviation)) }
      return .normal(mean: values["mean"] ?? 0, deviation: deviation)
    default:
      let (low, high) = (try required("low"), try required("high"))
      guard low < high else { throw fail(span, .emptyRange(low, high)) }
      return .uniform(low: low, high: high)
    }
  }

  /// The levels that `as` adds; the last one is that of `layer`.
  func components(
    _ name: LayerName, layer: String? = nil
  ) throws(ElaborationFailure) -> [LayerPath.Component] {
    var result: [LayerPath.Component] = []
    for (i, component) in name.components.enumerated() {
      let index = try component.index.map { e throws(ElaborationFailure) in
        try known(e, use: "the index of a layer's name")
      }
      result.append(
        LayerPath.Component(
          component.name.text, index: index, layer: i == name.components.count - 1 ? layer : nil))
    }
    return result
  }
}
