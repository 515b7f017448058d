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
      if let message = matcher.add(argument, value) { throw fail(argument.value.span, message) }
    }
    if let missing = matcher.missingOperands {
      throw fail(span, .missingOperands(signature, missing))
    }
    // A number takes the type of the first tensor that is no mask.
    let types = matcher.operands.compactMap { $0.value.tensor.map { type($0).dtype } }
    let common = types.first { $0 != .bool }
    var uses: [OperandUse] = []
    for operand in matcher.operands {
      let text = reporter.text(operand.argument.value.span)
      let id: ValueID
      if let tensor = operand.value.tensor {
        id = tensor
      } else {
        let own: DType =
          if case .int = operand.value { .i32 } else if case .bool = operand.value { .bool } else {
            .f32
          }
        id = try constant(
          operand.value, own == .bool ? .bool : common ?? own, operand.argument.value.span)
      }
      uses.append(OperandUse(id, text, operand.name))
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
    do {
      let results = try builder.add(op, uses.map(\.id), origin: origin(span))
      for id in results { record(id, inherited(type(id), uses, extents)) }
      return results.count == 1 ? .tensor(results[0]) : .results(results)
    } catch {
      throw explain(error, label: label, uses, op, span)
    }
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

/// Matches what a call gives with what an op takes.
private struct OpArguments {
  struct Operand {
    var name: String
    var argument: Argument
    var value: Value
    var position: Int
  }

  let signature: OpSignature
  private var given: [Operand] = []
  private(set) var attributes = Attributes()
  /// The extents among the attributes.
  private(set) var extents: [Extent] = []
  /// The next operand that an argument without a label may be.
  private var nextOperand = 0
  private var nextAttribute = 0

  init(_ signature: OpSignature) { self.signature = signature }

  /// The operands in the order of the signature.
  var operands: [Operand] { given.sorted { $0.position < $1.position } }

  /// Operands that must be given and aren't, or nil.
  var missingOperands: [String]? {
    let missing = signature.operands.filter { operand in
      operand.presence != .optional && !given.contains { $0.name == operand.name }
    }
    return missing.isEmpty ? nil : missing.map(\.name)
  }

  /// Takes one argument; gives what is wrong with it.
  mutating func add(_ argument: Argument, _ value: Value) -> Message? {
    if case .results(let ids) = value { return .severalResults(ids.count) }
    if let label = argument.label?.text {
      if let i = signature.operands.firstIndex(where: { $0.name == label }) {
        return addOperand(i, argument, value)
      }
      guard let attribute = signature.attributes.first(where: { $0.name == label }) else {
        return .unknownLabel(label, of: signature.name, known: [])
      }
      return addAttribute(attribute, value)
    }
    while nextAttribute == 0, nextOperand < signature.operands.count {
      let i = nextOperand
      switch (signature.operands[i].presence, value) {
      case (.variadic, .tensor): return addOperand(i, argument, value)
      case (.variadic, _): nextOperand += 1
      case (.required, _), (.optional, .tensor), (.optional, .none):
        nextOperand += 1
        return addOperand(i, argument, value)
      // What is no tensor is an attribute already.
      case (.optional, _): nextOperand = signature.operands.count
      }
    }
    guard nextAttribute < signature.attributes.count else {
      return .tooManyArguments(
        signature.name, takes: signature.operands.count + signature.attributes.count,
        form: signature)
    }
    nextAttribute += 1
    return addAttribute(signature.attributes[nextAttribute - 1], value)
  }

  private mutating func addOperand(_ i: Int, _ argument: Argument, _ value: Value) -> Message? {
    let operand = signature.operands[i]
    if operand.presence != .variadic, given.contains(where: { $0.position == i }) {
      return .labelTwice(operand.name)
    }
    switch value {
    case .none:
      return operand.presence == .optional ? nil : .operandIsNil(operand.name, of: signature.name)
    case .tensor, .int, .float, .bool: break
    default: return .operandKind(operand.name, of: signature.name, found: value.kind)
    }
    if operand.presence == .optional {
      guard value.tensor != nil else {
        return .operandKind(operand.name, of: signature.name, found: value.kind)
      }
      attributes[operand.name] = .bool(true)
    }
    given.append(Operand(name: operand.name, argument: argument, value: value, position: i))
    return nil
  }

  private mutating func addAttribute(
    _ attribute: OpSignature.Attribute, _ value: Value
  ) -> Message? {
    if attributes[attribute.name] != nil { return .labelTwice(attribute.name) }
    let converted: AttributeValue
    switch value {
    case .int(let extent):
      converted = .dim(extent.dim)
      extents.append(extent)
    case .float(let number): converted = .double(number)
    case .bool(let flag): converted = .bool(flag)
    case .string(let text): converted = .string(text)
    case .dtype(let dtype): converted = .dtype(dtype)
    case .list(let list):
      converted = .dims(list.map(\.dim))
      extents = list
    case .none:
      return attribute.fallback == nil
        ? .attributeKind(attribute, of: signature.name, found: "nil") : nil
    default: return .attributeKind(attribute, of: signature.name, found: value.kind)
    }
    if case .dim(let dim) = converted, attribute.kind == .double, dim.value != nil {
      attributes[attribute.name] = converted
      return nil
    }
    guard converted.matches(attribute.kind) else {
      return .attributeMismatch(attribute, of: signature.name, found: converted)
    }
    attributes[attribute.name] = converted
    return nil
  }
}
