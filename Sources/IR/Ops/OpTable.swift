import Tensors

/// The ops that a graph may use, by name.
public struct OpTable: Sendable {
  private var definitions: [String: OpDefinition] = [:]

  /// A table without ops.
  public static let empty = OpTable()

  private init() {}

  /// A table of `ops`, which must have different names.
  public init(_ ops: [any Op.Type]) throws(OpTableError) {
    for op in ops { try add(op) }
  }

  /// Adds a Swift op under its name.
  public mutating func add(_ op: any Op.Type) throws(OpTableError) { try add(OpDefinition(op)) }

  /// Adds an op under its name.
  public mutating func add(_ op: OpDefinition) throws(OpTableError) {
    guard definitions[op.name] == nil else { throw .nameTaken(op.name) }
    definitions[op.name] = op
  }

  /// The op of that name.
  public subscript(name: String) -> OpDefinition? { definitions[name] }

  /// All names, sorted.
  public var names: [String] { definitions.keys.sorted() }

  /// An op from given attributes: checked against the signature, completed with defaults.
  public func make(_ name: String, _ given: Attributes) throws(OpTableError) -> any Op {
    guard let definition = definitions[name] else { throw .unknownOp(name) }
    do {
      return try definition.make(given, ops: self)
    } catch {
      throw .op(name, error)
    }
  }
}

extension OpSignature {
  /// `given` in the signature's order, with defaults for what isn't given.
  public func completing(_ given: Attributes) throws(OpError) -> Attributes {
    let known = allAttributes
    for pair in given.pairs where !known.contains(where: { $0.name == pair.name }) {
      throw .unknownAttribute(pair.name)
    }
    var result = Attributes()
    for attribute in known {
      var value = given[attribute.name] ?? attribute.fallback
      if case .dim(let dim)? = value, attribute.kind == .double, let whole = dim.value {
        value = .double(Double(whole))
      }
      guard let value else { throw .missingAttribute(attribute.name) }
      guard value.matches(attribute.kind) else {
        throw .wrongAttribute(
          attribute.name, expected: attribute.kind.description, found: value)
      }
      result[attribute.name] = value
    }
    return result
  }
}

extension AttributeKind: CustomStringConvertible {
  public var description: String {
    switch self {
    case .int: "a whole number"
    case .ints: "a list of whole numbers"
    case .dim: "an extent"
    case .dims: "a list of extents"
    case .double: "a number"
    case .bool: "true or false"
    case .string(let choices):
      choices.isEmpty
        ? "a string" : "one of " + choices.map { "\"\($0)\"" }.joined(separator: ", ")
    case .dtype: "an element type"
    }
  }
}

/// Why an op isn't to be had.
public enum OpTableError: Error, CustomStringConvertible {
  /// Two ops claim one name.
  case nameTaken(String)
  /// No op has that name.
  case unknownOp(String)
  /// The op refuses its attributes.
  case op(String, OpError)

  public var description: String {
    switch self {
    case .nameTaken(let name): "two ops claim the name '\(name)'"
    case .unknownOp(let name): "there is no op '\(name)'"
    case .op(let name, let error): "'\(name)' \(error)"
    }
  }
}
