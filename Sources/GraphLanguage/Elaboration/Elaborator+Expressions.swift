import IR
import Tensors

extension Elaborator {
  func evaluate(_ expression: Expression) throws(ElaborationFailure) -> Value {
    try nested(expression.span) { () throws(ElaborationFailure) in
      try value(of: expression)
    }
  }

  private func value(of expression: Expression) throws(ElaborationFailure) -> Value {
    switch expression.kind {
    case .integer(let digits):
      return .int(
        Extent(
          Dim(digits.wholeNumber ?? 0),
          Provenance(.literal, reporter.location(expression.span))))
    case .float(let digits):
      guard let number = digits.realNumber, number.isFinite else {
        throw fail(expression.span, .floatTooLarge(digits))
      }
      return .float(number)
    case .string(let text): return .string(text)
    case .bool(let flag): return .bool(flag)
    case .nil: return .none
    case .name(let name): return try variable(name, expression.span)
    case .list(let hasEllipsis, let elements):
      return .list(try list(hasEllipsis, elements, expression.span))
    case .unary(let op, let operand): return try unary(op, operand, expression)
    case .binary(let op, let left, let right): return try binary(op, left, right, expression)
    case .call(let name, let arguments): return try call(name, arguments, nil, expression)
    case .named(let call, let path):
      guard case .call(let name, let arguments) = call.kind else { throw ElaborationFailure() }
      return try self.call(name, arguments, path, expression)
    case .subscripted(let base, let subscripts):
      return try subscripted(base, subscripts, expression)
    case .parenthesized(let inner): return try evaluate(inner)
    }
  }

  private func variable(_ name: String, _ span: Span) throws(ElaborationFailure) -> Value {
    if let variable = frame.find(name) {
      guard let value = variable.value else { throw ElaborationFailure() }
      return value
    }
    if let dtype = DType(rawValue: name) { return .dtype(dtype) }
    let bringer = frame.layer?.parameters.first { parameter in
      parameter.type.dims.contains { $0.simpleName == name }
    }
    if let bringer { throw fail(span, .unboundDimension(name, bringer: bringer.name.text)) }
    throw ElaborationFailure()
  }

  private func list(
    _ hasEllipsis: Bool, _ elements: [Expression], _ span: Span
  ) throws(ElaborationFailure) -> [Extent] {
    var extents: [Extent] = []
    if hasEllipsis {
      guard let leading = frame.leading else { throw fail(span, .unknownLeadingAxes) }
      extents = leading
    }
    try step(span, work: elements.count / 4)
    for element in elements { extents.append(try extent(element, use: "an element of a list")) }
    return extents
  }

  /// A whole number or symbolic dimension.
  func extent(_ expression: Expression, use: String) throws(ElaborationFailure) -> Extent {
    let value = try evaluate(expression)
    guard case .int(let extent) = value else {
      throw fail(expression.span, .notAnInt(use, found: value.kind))
    }
    try step(expression.span, work: extent.dim.termCount / 4)
    return extent
  }

  /// A whole number that is known when the model is elaborated.
  func known(_ expression: Expression, use: String) throws(ElaborationFailure) -> Int {
    let extent = try extent(expression, use: use)
    guard let value = extent.dim.value else {
      throw fail(
        expression.span, .symbolicNumber(extent.dim, use: use),
        notes: notes((extent.dim, extent.source)))
    }
    return value
  }

  /// A condition that is known when the model is elaborated.
  func flag(_ expression: Expression) throws(ElaborationFailure) -> Bool {
    switch try evaluate(expression) {
    case .bool(let flag): return flag
    case .tensor: throw fail(expression.span, .tensorCondition)
    case let other: throw fail(expression.span, .notABool(other.kind))
    }
  }

  // MARK: Operators

  private func unary(
    _ op: UnaryOperator, _ operand: Expression, _ expression: Expression
  ) throws(ElaborationFailure) -> Value {
    let value = try evaluate(operand)
    switch (op, value) {
    case (_, .tensor(let id)):
      return try apply(
        op.op, [OperandUse(id, reporter.text(operand.span), "x")], Attributes(), expression.span,
        label: op.rawValue)
    case (.not, .bool(let flag)): return .bool(!flag)
    case (.negate, .float(let number)): return .float(-number)
    case (.negate, .int(let extent)):
      do {
        let dim = try Dim(0).subtracting(extent.dim)
        // A negative literal is written as such.
        if case .literal? = extent.source?.source { return .int(Extent(dim, extent.source)) }
        return .int(computed(dim, expression.span, [extent]))
      } catch {
        throw fail(expression.span, .dimension(error))
      }
    default: throw fail(expression.span, .wrongOperand(op.rawValue, value.kind))
    }
  }

  private func binary(
    _ op: BinaryOperator, _ left: Expression, _ right: Expression, _ expression: Expression
  ) throws(ElaborationFailure) -> Value {
    let a = try evaluate(left)
    // `segments != nil && …` doesn't look at what follows where the first part decides.
    if case .bool(let flag) = a {
      if op == .and, !flag { return .bool(false) }
      if op == .or, flag { return .bool(true) }
    }
    let b = try evaluate(right)
    if a.tensor == nil, b.tensor == nil {
      return try NumberOperation(op, left, right, expression, self).value(a, b)
    }
    if case .none = a { return try comparedWithNil(op, expression) }
    if case .none = b { return try comparedWithNil(op, expression) }
    guard let name = op.op else {
      throw fail(expression.span, .operatorOnTensors(op.rawValue))
    }
    let dtype = a.tensor.map { type($0).dtype } ?? b.tensor.map { type($0).dtype } ?? .f32
    var uses: [OperandUse] = []
    for (value, e, label) in [(a, left, "x"), (b, right, "y")] {
      let id = if let id = value.tensor { id } else { try constant(value, dtype, e.span) }
      uses.append(OperandUse(id, reporter.text(e.span), label))
    }
    return try apply(name, uses, Attributes(), expression.span, label: op.rawValue)
  }

  private func comparedWithNil(
    _ op: BinaryOperator, _ expression: Expression
  ) throws(ElaborationFailure) -> Value {
    switch op {
    case .equal: return .bool(false)
    case .notEqual: return .bool(true)
    default: throw fail(expression.span, .wrongOperand(op.rawValue, "nil"))
    }
  }

  /// A number that was computed, with what it was computed from.
  func computed(_ dim: Dim, _ span: Span, _ parts: [Extent]) -> Extent {
    Extent(
      dim,
      Provenance(.computed(reporter.text(span)), reporter.location(span), parts: parts))
  }
}
