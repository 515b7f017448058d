/// A part of a statement that has a value.
public struct Expression: Hashable, Sendable {
  /// What kinds of expressions there are.
  public indirect enum Kind: Hashable, Sendable {
    /// A whole number as it was written; it fits an Int.
    case integer(String)
    /// A real number as it was written.
    case float(String)
    case string(String)
    case bool(Bool)
    case `nil`
    /// A variable or an element type.
    case name(String)
    /// `[batch, tokens, 4 * width]`; a leading `...` stands for the layer's leading axes.
    case list(ellipsis: Bool, [Expression])
    case unary(UnaryOperator, Expression)
    case binary(BinaryOperator, Expression, Expression)
    /// `Linear(x, 4)`.
    case call(Name, [Argument])
    /// `Linear(x, 4) as dense`; the expression is a call.
    case named(Expression, LayerName)
    case subscripted(Expression, [Subscript])
    case parenthesized(Expression)
  }

  /// What it is.
  public var kind: Kind
  /// Where it stands.
  public var span: Span

  /// An expression from its parts.
  public init(_ kind: Kind, _ span: Span = Span()) {
    self.kind = kind
    self.span = span
  }

  /// The expression inside its parentheses.
  var unwrapped: Expression {
    var inner = self
    while case .parenthesized(let e) = inner.kind { inner = e }
    return inner
  }

  /// The name, where the expression is nothing else.
  var simpleName: String? { if case .name(let name) = unwrapped.kind { name } else { nil } }

  /// The name that an input's extent may bind: alone, or with a whole number added, `sequences + 1`.
  var boundName: Name? {
    switch unwrapped.kind {
    case .name(let name): return Name(name, unwrapped.span)
    case .binary(.add, let a, let b):
      guard case .integer = b.unwrapped.kind, let name = a.simpleName else { return nil }
      return Name(name, a.unwrapped.span)
    default: return nil
    }
  }
}

/// A word and where it stands.
public struct Name: Hashable, Sendable {
  /// The word.
  public var text: String
  /// Where it stands.
  public var span: Span

  /// A name from its parts.
  public init(_ text: String, _ span: Span = Span()) {
    self.text = text
    self.span = span
  }
}

/// What a call is given.
public struct Argument: Hashable, Sendable {
  /// The label before the colon.
  public var label: Name?
  /// The value.
  public var value: Expression

  /// An argument from its parts.
  public init(label: Name? = nil, _ value: Expression) {
    self.label = label
    self.value = value
  }
}

/// What stands between a subscript's commas: a rule for one axis.
public enum Subscript: Hashable, Sendable {
  /// `...`: all axes that no other subscript speaks of.
  case ellipsis
  /// `:`, the whole axis.
  case all
  /// One position; the axis goes away.
  case index(Expression)
  /// `start ..< end`.
  case range(Expression, Expression)
}

/// Where `as` puts a layer or a parameter: `encoder.layer[i].dense`.
public struct LayerName: Hashable, Sendable {
  /// One level.
  public struct Component: Hashable, Sendable {
    /// The word.
    public var name: Name
    /// What stands in brackets after it.
    public var index: Expression?

    /// A level from its parts.
    public init(_ name: Name, index: Expression? = nil) {
      self.name = name
      self.index = index
    }
  }

  /// The levels, outermost first.
  public var components: [Component]
  /// Where it stands.
  public var span: Span

  /// A name from its levels.
  public init(_ components: [Component], _ span: Span = Span()) {
    self.components = components
    self.span = span
  }
}

/// What stands before its operand.
public enum UnaryOperator: String, Hashable, Sendable, CaseIterable {
  case negate = "-"
  case not = "!"

  /// The op that it is on tensors.
  var op: String { self == .negate ? "neg" : "logical_not" }
}

/// What stands between its operands.
public enum BinaryOperator: String, Hashable, Sendable, CaseIterable {
  case or = "||"
  case and = "&&"
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessEqual = "<="
  case greater = ">"
  case greaterEqual = ">="
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case remainder = "%"

  /// How tightly it binds; comparisons don't chain.
  public var precedence: Int {
    switch self {
    case .or: 1
    case .and: 2
    case .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual: 3
    case .add, .subtract: 4
    case .multiply, .divide, .remainder: 5
    }
  }

  /// Whether it compares.
  public var isComparison: Bool { precedence == 3 }

  /// The op that it is on tensors, where there is one.
  var op: String? {
    switch self {
    case .or: "logical_or"
    case .and: "logical_and"
    case .equal: "equal"
    case .notEqual: "not_equal"
    case .less: "less"
    case .lessEqual: "less_equal"
    case .greater: "greater"
    case .greaterEqual: "greater_equal"
    case .add: "add"
    case .subtract: "sub"
    case .multiply: "mul"
    case .divide: "div"
    case .remainder: nil
    }
  }
}
