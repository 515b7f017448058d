import Tensors

/// What an attribute can be.
public enum AttributeKind: Sendable, Hashable {
  /// A whole number known when the graph is built.
  case int
  /// A list of whole numbers known when the graph is built.
  case ints
  /// An extent, which may be symbolic.
  case dim
  /// A list of extents, each of which may be symbolic.
  case dims
  /// A real number.
  case double
  /// True or false.
  case bool
  /// One of the listed words; any text where the list is empty.
  case string([String])
  /// An element type.
  case dtype
}

/// The value of an attribute. Whole numbers and extents are one case: a known extent is a number.
public enum AttributeValue: Hashable, Sendable {
  case dim(Dim)
  case dims([Dim])
  case double(Double)
  case bool(Bool)
  case string(String)
  case dtype(DType)

  /// A whole number.
  public static func int(_ value: Int) -> AttributeValue { .dim(Dim(value)) }

  /// A list of whole numbers.
  public static func ints(_ values: [Int]) -> AttributeValue { .dims(values.map { Dim($0) }) }

  /// Whether the value is of `kind`.
  public func matches(_ kind: AttributeKind) -> Bool {
    switch (self, kind) {
    case (.dim, .dim), (.dims, .dims), (.double, .double), (.bool, .bool), (.dtype, .dtype): true
    case (.dim(let dim), .int): dim.value != nil
    case (.dims(let dims), .ints): dims.allSatisfy { $0.value != nil }
    case (.string(let word), .string(let choices)): choices.isEmpty || choices.contains(word)
    default: false
    }
  }
}

extension AttributeValue: CustomStringConvertible {
  public var description: String {
    switch self {
    case .dim(let dim): dim.description
    case .dims(let dims): "[" + dims.map(\.description).joined(separator: ", ") + "]"
    case .double(let value): value.description
    case .bool(let value): value.description
    case .string(let text): "\"" + text + "\""
    case .dtype(let dtype): dtype.description
    }
  }
}
