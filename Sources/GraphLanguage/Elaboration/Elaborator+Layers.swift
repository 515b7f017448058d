import IR
import Tensors

extension Elaborator {
  /// Enters a layer.
  func call(
    _ layer: LayerDeclaration, _ arguments: [Argument], _ path: LayerName?, _ span: Span
  ) throws(ElaborationFailure) -> Value {
    guard frame.calls.count < Limits.callDepth else { throw fail(span, .callsTooDeep) }
    var given: [String: (value: Value, span: Span)] = [:]
    var failed = false
    for (i, argument) in arguments.enumerated() {
      let name =
        argument.label?.text ?? (i < layer.parameters.count ? layer.parameters[i].name.text : "")
      do throws(ElaborationFailure) {
        given[name] = (try evaluate(argument.value), argument.value.span)
      } catch {
        // The other arguments are looked at, too.
        if hasGivenUp { throw error }
        failed = true
      }
    }
    if failed { throw ElaborationFailure() }
    let names = Set(layer.parameters.map(\.name.text))
    let labels = arguments.drop { $0.label == nil }
    guard given.keys.allSatisfy(names.contains), labels.allSatisfy({ $0.label != nil }),
      layer.parameters.allSatisfy({ $0.value != nil || given[$0.name.text] != nil })
    else { throw ElaborationFailure() }  // The resolver has said it.

    let binding = LayerBinding(layer, given, span, self)
    var inner = try binding.frame()
    let location = reporter.location(span)
    let link = Frame.Link(location: location, trips: frame.trips, span: span)
    if let path {
      inner.path = frame.path.appending(try components(path, layer: layer.name.text))
    } else {
      inner.path = frame.path
      inner.links = frame.links + [link]
    }
    inner.calls = frame.calls + [Frame.Call(layer: layer.name.text, location: location)]
    inner.locations = frame.locations + [location]
    inner.layer = layer
    let outer = frame
    frame = inner
    defer { frame = outer }
    do throws(ElaborationFailure) {
      guard let results = try run(layer.body) else {
        if !layer.body.mayReturn { throw ElaborationFailure() }
        throw fail(layer.name.span, .returnsNothing(layer.name.text))
      }
      for id in results { label(id, nil, span) }
      return results.count == 1 ? .tensor(results[0]) : .results(results)
    } catch {
      // What is wrong inside was said; the declared results go on.
      isBroken = true
      if hasGivenUp { throw error }
      frame.scopes.removeSubrange(1...)
      var results: [ValueID] = []
      for syntax in layer.results {
        let (type, sources) = try tensorType(syntax)
        results.append(placeholder(type, sources))
      }
      return results.count == 1 ? .tensor(results[0]) : .results(results)
    }
  }
}

/// Gives a layer's arguments and dimensions their values.
private struct LayerBinding {
  let layer: LayerDeclaration
  let given: [String: (value: Value, span: Span)]
  let call: Span
  let elaborator: Elaborator
  /// The frame of the layer, made step by step.
  private var inner = Frame()

  init(
    _ layer: LayerDeclaration, _ given: [String: (value: Value, span: Span)], _ call: Span,
    _ elaborator: Elaborator
  ) {
    (self.layer, self.given, self.call, self.elaborator) = (layer, given, call, elaborator)
  }

  /// The layer's frame with arguments and dimensions.
  ///
  /// Numbers come first, then tensors in order: a bare name in a type that has no value yet takes
  /// the extent that stands there. What can't be decided then is looked at again at the end.
  func frame() throws(ElaborationFailure) -> Frame {
    var binding = self
    try binding.bindNumbers()
    var undecided: [(LayerDeclaration.Parameter, ValueID)] = []
    for parameter in layer.parameters where parameter.type.isTensor {
      guard let (value, span) = given[parameter.name.text] else {
        try binding.bindDefault(parameter)
        continue
      }
      switch value {
      case .none where parameter.type.isOptional:
        binding.inner.set(parameter.name.text, Variable(value: Value.none))
      case .tensor(let id):
        try binding.bind(parameter, id, span)
        undecided.append((parameter, id))
      case .results(let ids):
        throw elaborator.fail(span, .severalResults(ids.count))
      default:
        throw elaborator.fail(
          span,
          .wrongKind(
            "'\(parameter.name.text)' of '\(layer.name.text)'",
            expected: elaborator.reporter.text(parameter.type.span), found: value.kind))
      }
    }
    try binding.bindMissingDefaults()
    for (parameter, id) in undecided { try binding.checkAll(parameter, id) }
    return binding.inner
  }

  private mutating func bindNumbers() throws(ElaborationFailure) {
    for parameter in layer.parameters where !parameter.type.isTensor {
      guard let (value, span) = given[parameter.name.text] else { continue }
      let isNil = if case .none = value { parameter.type.isOptional } else { false }
      guard isNil || elaborator.matches(value, scalar: parameter.type.name.text) else {
        throw elaborator.fail(
          span,
          .wrongKind(
            "'\(parameter.name.text)' of '\(layer.name.text)'",
            expected: parameter.type.name.text, found: value.kind),
          notes: ["it is declared at \(elaborator.reporter.location(parameter.name.span))"])
      }
      inner.set(parameter.name.text, Variable(value: argument(parameter, value, span)))
    }
    // Defaults that hang on nothing else can serve as extents already.
    for parameter in layer.parameters where !parameter.type.isTensor {
      if given[parameter.name.text] == nil, let value = parameter.value, value.isLiteral {
        try bindDefault(parameter)
      }
    }
  }

  private func argument(
    _ parameter: LayerDeclaration.Parameter, _ value: Value, _ span: Span
  ) -> Value {
    switch elaborator.converted(value, to: parameter.type) {
    case .int(let extent):
      .int(
        Extent(
          extent.dim,
          Provenance(
            .argument(parameter.name.text), elaborator.reporter.location(span), parts: [extent])))
    case let other: other
    }
  }

  private mutating func bindDefault(
    _ parameter: LayerDeclaration.Parameter
  ) throws(ElaborationFailure) {
    guard inner.find(parameter.name.text) == nil, let expression = parameter.value else { return }
    let value = try inside { elaborator throws(ElaborationFailure) in
      try elaborator.evaluate(expression)
    }
    let isNil = if case .none = value { parameter.type.isOptional } else { false }
    guard isNil || elaborator.matches(value, scalar: parameter.type.name.text) else {
      throw elaborator.fail(
        expression.span,
        .wrongKind(
          "'\(parameter.name.text)' of '\(layer.name.text)'",
          expected: elaborator.reporter.text(parameter.type.span), found: value.kind))
    }
    inner.set(parameter.name.text, Variable(value: argument(parameter, value, expression.span)))
  }

  private mutating func bindMissingDefaults() throws(ElaborationFailure) {
    for parameter in layer.parameters where inner.find(parameter.name.text) == nil {
      if parameter.value != nil { try bindDefault(parameter) }
    }
  }

  /// Evaluates in the layer's frame.
  private func inside<T>(
    _ body: (Elaborator) throws(ElaborationFailure) -> T
  ) throws(ElaborationFailure) -> T {
    let outer = elaborator.frame
    elaborator.frame = inner
    elaborator.frame.layer = layer
    elaborator.frame.calls = outer.calls
    elaborator.frame.locations = outer.locations
    defer { elaborator.frame = outer }
    return try body(elaborator)
  }

  // MARK: Tensors

  private mutating func bind(
    _ parameter: LayerDeclaration.Parameter, _ id: ValueID, _ span: Span
  ) throws(ElaborationFailure) {
    let syntax = parameter.type
    let type = elaborator.type(id)
    let offset = type.rank - syntax.dims.count
    guard type.dtype.rawValue == syntax.name.text else {
      throw wrong(parameter, type, span, .dtype(syntax.name.text))
    }
    guard offset == 0 || syntax.hasEllipsis && offset > 0 else {
      throw wrong(parameter, type, span, .rank)
    }
    if syntax.hasEllipsis {
      let leading = (0..<offset).map { Extent(type.shape.dims[$0], elaborator.source(id, $0)) }
      if let known = inner.leading, known.map(\.dim) != leading.map(\.dim) {
        throw elaborator.fail(
          span,
          .leadingAxesDiffer(
            parameter.name.text, layer.name.text, known.map(\.dim), owner: inner.leadingOwner,
            leading.map(\.dim)))
      }
      inner.leading = leading
      inner.leadingOwner = parameter.name.text
    }
    for (i, dim) in syntax.dims.enumerated() {
      let found = Extent(type.shape.dims[offset + i], elaborator.source(id, offset + i))
      if let name = dim.simpleName, inner.find(name) == nil, !isParameter(name) {
        let source = Provenance(
          .dimension(name, of: elaborator.reporter.text(span)), elaborator.reporter.location(span),
          parts: [found])
        inner.set(name, Variable(value: .int(Extent(found.dim, source))))
      }
    }
    inner.set(parameter.name.text, Variable(value: .tensor(id), type: type))
  }

  private func isParameter(_ name: String) -> Bool {
    layer.parameters.contains { $0.name.text == name }
  }

  /// Compares every extent with what its expression came to.
  private func checkAll(
    _ parameter: LayerDeclaration.Parameter, _ id: ValueID
  ) throws(ElaborationFailure) {
    let type = elaborator.type(id)
    let offset = type.rank - parameter.type.dims.count
    let span = given[parameter.name.text]?.span ?? call
    for (i, dim) in parameter.type.dims.enumerated() {
      let expected = try inside { elaborator throws(ElaborationFailure) in
        try elaborator.extent(dim, use: "an extent")
      }
      let found = Extent(type.shape.dims[offset + i], elaborator.source(id, offset + i))
      if expected.dim != found.dim {
        throw wrong(
          parameter, type, span,
          .extent(elaborator.reporter.text(dim.span), expected, found))
      }
    }
  }

  private enum Reason {
    case dtype(String)
    case rank
    case extent(String, Extent, Extent)
  }

  private func wrong(
    _ parameter: LayerDeclaration.Parameter, _ type: TensorType, _ span: Span, _ reason: Reason
  ) -> ElaborationFailure {
    let name = parameter.name.text
    let text = elaborator.reporter.text(span)
    let declared = elaborator.reporter.text(parameter.type.span, limit: 80)
    var notes: [String] = []
    var rule = ""
    var help: String?
    switch reason {
    case .dtype(let dtype):
      help = "cast(\(text), \(dtype)) converts it"
    case .rank:
      let least = parameter.type.hasEllipsis ? " or more" : ""
      rule = " with \(parameter.type.dims.count)\(least) axes"
    case .extent(let expression, let expected, let found):
      if expression != "\(expected.dim)" { rule = ", where \(expression) is \(expected.dim)" }
      notes += elaborator.notes((expected.dim, expected.source), (found.dim, found.source))
      help = other(than: parameter, type).map {
        "'\($0)' would take it: are two arguments swapped?"
      }
    }
    notes.append(
      "'\(name)' is declared at \(elaborator.reporter.location(parameter.name.span))")
    return elaborator.fail(
      span,
      Message(
        "'\(name)' of '\(layer.name.text)' is \(declared)\(rule); \(text) is \(type)", help: help),
      notes: notes)
  }

  /// Another argument whose declaration `type` would fit, judging by known extents.
  private func other(than parameter: LayerDeclaration.Parameter, _ type: TensorType) -> String? {
    layer.parameters.first { other in
      guard other.name.text != parameter.name.text, other.type.isTensor,
        other.type.name.text == type.dtype.rawValue, given[other.name.text] != nil,
        other.type.dims.count == type.rank, !other.type.hasEllipsis
      else { return false }
      return zip(other.type.dims, type.shape.dims).allSatisfy { dim, found in
        guard let name = dim.simpleName, case .int(let extent)? = inner.find(name)?.value else {
          return false
        }
        return extent.dim == found
      }
    }?.name.text
  }
}

extension TypeSyntax {
  /// Whether it is the type of a tensor.
  var isTensor: Bool { !DTypeNames.scalars.contains(name.text) }
}

extension Expression {
  /// Whether it hangs on nothing.
  var isLiteral: Bool {
    switch unwrapped.kind {
    case .integer, .float, .string, .bool, .nil: true
    case .unary(_, let operand): operand.isLiteral
    default: false
    }
  }
}
