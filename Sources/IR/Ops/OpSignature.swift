import Tensors

/// How an op is written: `softmax(x, axis: -1)`.
public struct OpSignature: Sendable {
  /// One tensor that the op takes.
  public struct Operand: Sendable {
    /// How often the operand may stand.
    public enum Presence: Sendable { case required, optional, variadic }

    /// The label, which an optional operand is called by.
    public var name: String
    /// How often it may stand.
    public var presence: Presence

    /// An operand that must be given.
    public static func required(_ name: String) -> Operand {
      Operand(name: name, presence: .required)
    }

    /// An operand that may be left out. Its presence is a bool attribute of the same name, so that
    /// an op always knows which of its operands is which.
    public static func optional(_ name: String) -> Operand {
      Operand(name: name, presence: .optional)
    }

    /// One or more operands; only as the last of the required ones.
    public static func variadic(_ name: String) -> Operand {
      Operand(name: name, presence: .variadic)
    }
  }

  /// One attribute.
  public struct Attribute: Sendable {
    /// The label.
    public var name: String
    /// What values it takes.
    public var kind: AttributeKind
    /// The value where none is given; nil where one must be given.
    public var fallback: AttributeValue?

    /// An attribute that must be given, or one with a default.
    public init(_ name: String, _ kind: AttributeKind, default fallback: AttributeValue? = nil) {
      self.name = name
      self.kind = kind
      self.fallback = fallback
    }
  }

  /// The name in graph files and dumps, `snake_case`.
  public var name: String
  /// One sentence for help and documentation.
  public var summary: String
  /// The tensors, in order.
  public var operands: [Operand]
  /// The attributes, in order. Those of optional operands are not repeated here.
  public var attributes: [Attribute]
  /// What kind of work it does, for diagrams and profiles.
  public var category: OpCategory

  /// A signature from its parts.
  public init(
    _ name: String, _ summary: String, category: OpCategory = .other, operands: [Operand],
    attributes: [Attribute] = []
  ) {
    self.name = name
    self.category = category
    self.summary = summary
    self.operands = operands
    self.attributes = attributes
  }

  /// All attributes that the op reads and prints, with those of optional operands.
  public var allAttributes: [Attribute] {
    operands.filter { $0.presence == .optional }
      .map { Attribute($0.name, .bool, default: .bool(false)) } + attributes
  }
}
