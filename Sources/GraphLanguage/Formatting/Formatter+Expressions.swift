extension Formatter {
  static func layout(_ expression: Expression) -> Layout {
    switch expression.kind {
    case .integer(let digits), .float(let digits): return .text(digits)
    case .string(let text): return .text(StringEscapes.quoted(text))
    case .bool(let value): return .text(value ? "true" : "false")
    case .nil: return .text("nil")
    case .name(let name): return .text(name)
    case .list(let hasEllipsis, let elements):
      return .brackets(open: "[", extents(hasEllipsis, elements), close: "]")
    case .unary(let op, let operand):
      return .sequence([.text(op.rawValue), layout(operand)])
    case .binary(let op, _, _): return .fill(chain(expression, op.precedence))
    case .call(let name, let arguments):
      return .brackets(
        open: "\(name.text)(",
        commaSeparated(
          arguments.map { argument in
            guard let label = argument.label else { return layout(argument.value) }
            return .sequence([.text("\(label.text): "), layout(argument.value)])
          }), close: ")")
    case .named(let call, let name): return .suffixed(layout(call), text(name))
    case .subscripted(let base, let subscripts):
      return .sequence([
        layout(base),
        .brackets(open: "[", commaSeparated(subscripts.map(layout)), close: "]"),
      ])
    case .parenthesized(let inner):
      return .sequence([.text("("), layout(inner), .text(")")])
    }
  }

  /// The operands of operations that bind equally, each with the operator after it.
  private static func chain(_ expression: Expression, _ precedence: Int) -> [Layout] {
    guard case .binary(let op, let left, let right) = expression.kind, op.precedence == precedence
    else { return [layout(expression)] }
    var items = chain(left, precedence)
    items[items.count - 1] = .sequence([items[items.count - 1], .text(" \(op.rawValue)")])
    return items + [layout(right)]
  }

  /// A condition and what it means, broken at the same places.
  static func requirement(_ condition: Expression, _ message: String?) -> [Layout] {
    guard case .binary(let op, _, _) = condition.kind else {
      return commaSeparated(
        [layout(condition)] + (message.map { [.text(StringEscapes.quoted($0))] } ?? []))
    }
    var items = chain(condition, op.precedence)
    guard let message else { return items }
    items[items.count - 1] = .sequence([items[items.count - 1], .text(",")])
    return items + [.text(StringEscapes.quoted(message))]
  }

  private static func layout(_ subscript: Subscript) -> Layout {
    switch `subscript` {
    case .ellipsis: .text("...")
    case .all: .text(":")
    case .index(let index): layout(index)
    case .range(let start, let end): .sequence([layout(start), .text(" ..< "), layout(end)])
    }
  }

  static func commaSeparated(_ items: [Layout]) -> [Layout] {
    items.enumerated().map { i, item in
      i < items.count - 1 ? .sequence([item, .text(",")]) : item
    }
  }

  static func extents(_ hasEllipsis: Bool, _ dims: [Expression]) -> [Layout] {
    commaSeparated((hasEllipsis ? [.text("...")] : []) + dims.map(layout))
  }

  /// `as encoder.layer[i].dense`.
  static func text(_ name: LayerName) -> String {
    "as "
      + name.components.map { component in
        component.name.text + (component.index.map { "[\(layout($0).flat)]" } ?? "")
      }.joined(separator: ".")
  }

  static func text(_ type: TypeSyntax) -> String {
    var text = type.name.text
    if type.hasShape {
      text += "[" + extents(type.hasEllipsis, type.dims).map(\.flat).joined(separator: " ") + "]"
    }
    return text + (type.isOptional ? "?" : "")
  }
}
