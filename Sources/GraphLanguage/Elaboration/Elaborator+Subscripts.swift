import IR
import Tensors

extension Elaborator {
  /// `x[:, 0]`, `x[..., a ..< b]`: slices, then a reshape that drops the axes with one position.
  func subscripted(
    _ base: Expression, _ subscripts: [Subscript], _ expression: Expression
  ) throws(ElaborationFailure) -> Value {
    let value = try evaluate(base)
    switch value {
    case .list(let list): return .int(try element(of: list, subscripts, expression))
    case .floats(let list): return .float(try element(of: list, subscripts, expression))
    case .strings(let list): return .string(try element(of: list, subscripts, expression))
    default: break
    }
    guard case .tensor(var id) = value else {
      throw fail(base.span, .notSubscriptable(value.kind))
    }
    let rank = type(id).rank
    let text = reporter.text(base.span)
    let ellipses = subscripts.filter { $0 == .ellipsis }.count
    guard ellipses <= 1 else { throw fail(expression.span, .severalEllipses) }
    guard subscripts.count - ellipses <= rank else {
      throw fail(
        expression.span, .tooManySubscripts(text, type(id), found: subscripts.count - ellipses))
    }
    var axis = 0
    var dropped: Set<Int> = []
    for (i, part) in subscripts.enumerated() {
      switch part {
      case .ellipsis:
        axis = rank - (subscripts.count - i - 1)
        continue
      case .all: break
      case .index(let index):
        let start = try position(index, id, axis, text)
        let end = try added(start, 1, index.span)
        id = try slice(id, axis, start, end, expression.span, index.span, text)
        dropped.insert(axis)
      case .range(let low, let high):
        let start = try position(low, id, axis, text, isBound: true)
        let end = try position(high, id, axis, text, isBound: true)
        id = try slice(id, axis, start, end, expression.span, low.span.through(high.span), text)
      }
      axis += 1
    }
    guard !dropped.isEmpty else { return .tensor(id) }
    let dims = type(id).shape.dims
    let kept = dims.indices.filter { !dropped.contains($0) }
    return try apply(
      "reshape", [OperandUse(id, text, "x")], ["shape": .dims(kept.map { dims[$0] })],
      expression.span, label: "[ ]", extents: kept.map { Extent(dims[$0], source(id, $0)) })
  }

  private func element<T>(
    of list: [T], _ subscripts: [Subscript], _ expression: Expression
  ) throws(ElaborationFailure) -> T {
    guard subscripts.count == 1, case .index(let index) = subscripts[0] else {
      throw fail(expression.span, .listSubscript)
    }
    let i = try known(index, use: "a position in a list")
    let at = i < 0 ? i &+ list.count : i
    guard list.indices.contains(at) else {
      throw fail(index.span, .listPosition(i, count: list.count))
    }
    return list[at]
  }

  private func added(_ a: Dim, _ b: Dim, _ span: Span) throws(ElaborationFailure) -> Dim {
    do {
      return try a.adding(b)
    } catch {
      throw fail(span, .dimension(error))
    }
  }

  /// A position on an axis; a negative one counts from the end.
  private func position(
    _ expression: Expression, _ id: ValueID, _ axis: Int, _ text: String, isBound: Bool = false
  ) throws(ElaborationFailure) -> Dim {
    let value = try evaluate(expression)
    guard case .int(let extent) = value else {
      throw fail(expression.span, .notAnInt("a position", found: value.kind))
    }
    let count = type(id).shape.dims[axis]
    let position =
      (extent.dim.value ?? 0) < 0 ? try added(count, extent.dim, expression.span) : extent.dim
    if let at = position.value, let count = count.value, at < 0 || at >= count + (isBound ? 1 : 0) {
      throw fail(
        expression.span,
        .positionOutside(extent.dim.value ?? at, axis: axis, text, type(id)),
        notes: notes(named(extent), (Dim(count), source(id, axis))))
    }
    if position.value.map({ $0 < 0 }) == true {
      throw fail(
        expression.span, .positionOutside(extent.dim.value ?? 0, axis: axis, text, type(id)))
    }
    return position
  }

  private func named(_ extent: Extent) -> (Dim, Provenance?)? {
    if case .literal? = extent.source?.source { return nil }
    return (extent.dim, extent.source)
  }

  private func slice(
    _ id: ValueID, _ axis: Int, _ start: Dim, _ end: Dim, _ span: Span, _ place: Span,
    _ text: String
  ) throws(ElaborationFailure) -> ValueID {
    let dims = type(id).shape.dims
    if start == 0, end == dims[axis] { return id }
    if let a = start.value, let b = end.value, a >= b {
      throw fail(place, .emptySlice(from: a, to: b))
    }
    let sliced = try apply(
      "slice", [OperandUse(id, text, "x")],
      ["axis": .int(axis), "start": .dim(start), "end": .dim(end)], span, label: "[ ]")
    guard let result = sliced.tensor else { throw ElaborationFailure() }
    return result
  }
}
