import IR
import Tensors

/// An operand of an op as the user wrote it.
struct OperandUse {
  var id: ValueID
  /// The expression.
  var text: String
  /// The operand's name in the op's signature.
  var name: String

  init(_ id: ValueID, _ text: String, _ name: String) {
    self.id = id
    self.text = text
    self.name = name
  }
}

extension Elaborator {
  /// A call of a layer, an op or a function on numbers.
  func call(
    _ name: Name, _ arguments: [Argument], _ path: LayerName?, _ expression: Expression
  ) throws(ElaborationFailure) -> Value {
    try step(expression.span)
    if let layer = program.layers[name.text] {
      return try call(layer, arguments, path, expression.span)
    }
    var values: [Value] = []
    for argument in arguments { values.append(try evaluate(argument.value)) }
    let hasTensors = values.contains { $0.tensor != nil }
    if let function = NumberFunction(rawValue: name.text),
      !hasTensors || options.ops[name.text] == nil
    {
      if hasTensors { throw fail(expression.span, .numberFunctionOnTensor(name.text, options.ops)) }
      return try apply(function, values, arguments, expression.span)
    }
    guard let op = options.ops[name.text] else { throw ElaborationFailure() }
    return try call(op.signature, arguments, values, expression.span)
  }

  private func call(
    _ signature: OpSignature, _ arguments: [Argument], _ values: [Value], _ span: Span
  ) throws(ElaborationFailure) -> Value {
    var matcher = OpArguments(signature)
    for (argument, value) in zip(arguments, values) {
      if let message = matcher.add(argument.label?.text, value) {
        throw fail(argument.value.span, message)
      }
    }
    if let missing = matcher.missingOperands {
      throw fail(span, .missingOperands(signature, missing))
    }
    // A number takes the type of the first tensor that is no mask.
    let types = matcher.operands.compactMap { $0.value.tensor.map { type($0).dtype } }
    let common = types.first { $0 != .bool }
    var uses: [OperandUse] = []
    for operand in matcher.operands {
      let place = arguments[operand.argument].value.span
      let id =
        if let tensor = operand.value.tensor { tensor } else {
          try constant(operand.value, operand.value.dtype(beside: common), place)
        }
      uses.append(OperandUse(id, reporter.text(place), operand.name))
    }
    return try apply(
      signature.name, uses, matcher.attributes, span, label: signature.name,
      extents: matcher.extents)
  }

  /// Adds a node; its results' extents come from where those of the operands do, or from `extents`.
  func apply(
    _ name: String, _ uses: [OperandUse], _ attributes: Attributes, _ span: Span, label: String,
    extents: [Extent] = []
  ) throws(ElaborationFailure) -> Value {
    guard options.ops[name] != nil else { throw fail(span, .operatorWithoutOp(label, name)) }
    let op: any Op
    do {
      op = try options.ops.make(name, attributes)
    } catch {
      if case .op(_, let error) = error {
        throw explain(error, label: label, uses, nil, span)
      }
      throw fail(span, Message("\(error)"))
    }
    try useStates(op, uses, span)
    for use in uses { try account(type(use.id), span) }
    let results: [ValueID]
    do {
      results = try builder.add(op, uses.map(\.id), origin: origin(span))
    } catch {
      throw explain(error, label: label, uses, op, span)
    }
    if op is any Updating { states.add(results[0]) }
    for id in results { try account(type(id), span) }
    for id in results { record(id, inherited(type(id), uses, extents)) }
    return results.count == 1 ? .tensor(results[0]) : .results(results)
  }

  /// Counts the steps that a type is like: ops multiply its extents and compare them.
  func account(_ type: TensorType, _ span: Span) throws(ElaborationFailure) {
    guard type.rank <= Limits.axes else { throw fail(span, .tooManyAxes(type.rank)) }
    var terms = 1
    for dim in type.shape.dims { terms = min(terms * max(dim.termCount, 1), Limits.steps) }
    try step(span, work: terms / 4)
  }

  /// Where the extents of a result come from: an equal one of an operand, counted from the last
  /// axis, or else an equal one anywhere.
  private func inherited(
    _ result: TensorType, _ uses: [OperandUse], _ extents: [Extent]
  ) -> [Provenance?] {
    let dims = result.shape.dims
    return dims.indices.map { i in
      if extents.count == dims.count, extents[i].dim == dims[i] { return extents[i].source }
      for use in uses {
        let shape = type(use.id).shape
        let axis = i - (dims.count - shape.rank)
        if axis >= 0, shape.dims[axis] == dims[i], let source = source(use.id, axis) {
          return source
        }
      }
      for use in uses {
        let shape = type(use.id).shape
        if let axis = shape.dims.firstIndex(of: dims[i]), let source = source(use.id, axis) {
          return source
        }
      }
      return extents.first { $0.dim == dims[i] }?.source
    }
  }
}
