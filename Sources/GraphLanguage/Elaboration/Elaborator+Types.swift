import IR
import Tensors

extension Elaborator {
  /// The tensor type that `syntax` means here, and where its extents come from.
  func tensorType(
    _ syntax: TypeSyntax
  ) throws(ElaborationFailure) -> (type: TensorType, sources: [Provenance?]) {
    guard let dtype = DType(rawValue: syntax.name.text) else { throw ElaborationFailure() }
    var extents: [Extent] = []
    if syntax.hasEllipsis {
      guard let leading = frame.leading else { throw fail(syntax.span, .unknownLeadingAxes) }
      extents = leading
    }
    for dim in syntax.dims { extents.append(try extent(dim, use: "an extent")) }
    let type = TensorType(dtype, Shape(extents.map(\.dim)))
    try account(type, syntax.span)
    return (type, extents.map(\.source))
  }

  /// Whether a value is of the type that is written; says how it differs where it isn't.
  func check(
    _ value: Value, _ syntax: TypeSyntax, _ span: Span, what: String
  ) throws(ElaborationFailure) {
    if syntax.isOptional, case .none = value { return }
    guard DType(rawValue: syntax.name.text) != nil else {
      guard matches(value, scalar: syntax.name.text) else {
        throw fail(span, .wrongKind(what, expected: syntax.name.text, found: value.kind))
      }
      return
    }
    guard case .tensor(let id) = value else {
      throw fail(span, .wrongKind(what, expected: reporter.text(syntax.span), found: value.kind))
    }
    let (declared, declaredSources) = try tensorType(syntax)
    if declared != type(id) {
      throw fail(
        span, .wrongType(what, expected: declared, found: type(id)),
        notes: ["the type is declared at \(reporter.location(syntax.span))"]
          + differing(declared, declaredSources, type(id), sources(of: id)))
    }
  }

  func matches(_ value: Value, scalar name: String) -> Bool {
    switch (value, name) {
    case (.int, "Int"), (.float, "Float"), (.bool, "Bool"), (.string, "String"), (.list, "[Int]"),
      (.floats, "[Float]"), (.strings, "[String]"), (.dtype, "DType"):
      true
    case (.int(let extent), "Float"): extent.dim.value != nil
    // A list without elements is one of any type.
    case (.list(let list), "[Float]"), (.list(let list), "[String]"): list.isEmpty
    default: false
    }
  }

  /// The value as one of type `syntax`: an Int becomes a Float where one is wanted, and a list
  /// without elements one of its type.
  func converted(_ value: Value, to syntax: TypeSyntax?) -> Value {
    switch (value, syntax?.name.text) {
    case (.int, "Float"): value.number.map(Value.float) ?? value
    case (.list, "[Float]"): .floats([])
    case (.list, "[String]"): .strings([])
    default: value
    }
  }

  // MARK: Where extents come from

  /// Notes on the first extents in which two types differ.
  func differing(
    _ a: TensorType, _ aSources: [Provenance?], _ b: TensorType, _ bSources: [Provenance?]
  ) -> [String] {
    guard a.rank == b.rank,
      let i = a.shape.dims.indices.first(where: { a.shape.dims[$0] != b.shape.dims[$0] })
    else { return [] }
    return notes(
      (a.shape.dims[i], i < aSources.count ? aSources[i] : nil),
      (b.shape.dims[i], i < bSources.count ? bSources[i] : nil))
  }

  /// One note that says where numbers come from.
  func notes(_ pairs: (Dim, Provenance?)?...) -> [String] {
    var sentences: [String] = []
    for case (let dim, let source?)? in pairs {
      let sentence = source.sentence(for: dim)
      if !sentences.contains(sentence) { sentences.append(sentence) }
    }
    return sentences.isEmpty ? [] : [sentences.joined(separator: ";  ")]
  }

  /// Where the names of a condition or computation come from.
  func provenance(in expression: Expression) -> [String] {
    var sentences: [String] = []
    func visit(_ e: Expression) {
      switch e.kind {
      case .name(let name):
        guard let variable = frame.find(name), let value = variable.value else { return }
        switch value {
        case .int(let extent):
          if let source = extent.source { sentences.append(source.sentence(for: extent.dim)) }
        case .float(let number): sentences.append("'\(name)' is \(number)")
        case .string(let text): sentences.append("'\(name)' is \(StringEscapes.quoted(text))")
        case .bool(let flag): sentences.append("'\(name)' is \(flag)")
        default: break
        }
      case .unary(_, let a), .parenthesized(let a): visit(a)
      case .binary(_, let a, let b):
        visit(a)
        visit(b)
      case .call(_, let arguments): for argument in arguments { visit(argument.value) }
      default: break
      }
    }
    visit(expression)
    var seen: Set<String> = []
    let unique = sentences.filter { seen.insert($0).inserted }.prefix(4)
    return unique.isEmpty ? [] : [unique.joined(separator: ";  ")]
  }
}
