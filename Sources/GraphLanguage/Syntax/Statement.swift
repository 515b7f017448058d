/// One statement of a layer, model or entry.
public struct Statement: Hashable, Sendable {
  /// What kinds of statements there are.
  public indirect enum Kind: Hashable, Sendable {
    /// `weights "model.safetensors"`, `tokenizer "tokenizer.json"`, `task embedding`.
    case setting(Setting, Name)
    case config([ConfigItem])
    /// `require width % heads == 0, "a width that the heads divide"`.
    case require(Expression, String?)
    case input(Name, TypeSyntax)
    case output(Name, TypeSyntax?, Expression)
    /// `param weight: f32[m, n] = zeros as dense.weight`.
    case param(Name, TypeSyntax, initializer: Expression?, path: LayerName?)
    /// `state keys: f32[slots, capacity, width] as cache.keys`.
    case state(Name, TypeSyntax, path: LayerName?)
    /// `let x = …`, `var x = …`; several names take the results of one call.
    case variable(isMutable: Bool, [Name], TypeSyntax?, Expression)
    case assignment(Name, Expression)
    /// `for i in 0 ..< layers { … }`.
    case loop(Name, Expression, Expression, Block)
    /// `if a { … } else if b { … } else { … }`.
    case conditional([Branch], otherwise: Block?)
    /// `return x`, `return (a, b)`.
    case `return`([Expression])
    case entry(Name, Block)
  }

  /// A word or string that a model has once.
  public enum Setting: String, Hashable, Sendable, CaseIterable {
    case weights, tokenizer, task
  }

  /// What it says.
  public var kind: Kind
  /// Comments and blank lines around it.
  public var trivia: Trivia
  /// Where it stands.
  public var span: Span

  /// A statement from its parts.
  public init(_ kind: Kind, trivia: Trivia = Trivia(), _ span: Span = Span()) {
    self.kind = kind
    self.trivia = trivia
    self.span = span
  }
}

/// Statements in braces.
public struct Block: Hashable, Sendable {
  /// The statements, in order.
  public var statements: [Statement]
  /// Comments after the last statement.
  public var trailing: [Comment]
  /// Where it stands.
  public var span: Span

  /// A block from its parts.
  public init(_ statements: [Statement], trailing: [Comment] = [], _ span: Span = Span()) {
    self.statements = statements
    self.trailing = trailing
    self.span = span
  }
}

/// A condition and what is done where it holds.
public struct Branch: Hashable, Sendable {
  /// What must hold.
  public var condition: Expression
  /// What is done.
  public var body: Block

  /// A branch from its parts.
  public init(_ condition: Expression, _ body: Block) {
    self.condition = condition
    self.body = body
  }
}

/// One config of a model: `width: Int = 384 from "hidden_size"`.
public struct ConfigItem: Hashable, Sendable {
  /// Its name.
  public var name: Name
  /// Its type; that of the default where it is left out.
  public var type: TypeSyntax?
  /// Its value where nothing else gives one.
  public var value: Expression?
  /// Its keys in `config.json`; its name where there are none.
  public var keys: [Name]

  /// A config from its parts.
  public init(_ name: Name, type: TypeSyntax?, value: Expression?, keys: [Name]) {
    self.name = name
    self.type = type
    self.value = value
    self.keys = keys
  }
}

/// A type as it is written: `f32[..., width]`, `bool[batch]?`, `Int`, `[Int]`.
public struct TypeSyntax: Hashable, Sendable {
  /// `f32`, `Int`; `[Int]` for a list.
  public var name: Name
  /// Whether brackets stand after the name.
  public var hasShape: Bool
  /// Whether the extents begin with `...`.
  public var hasEllipsis: Bool
  /// The extents.
  public var dims: [Expression]
  /// Whether `nil` is a value, too.
  public var isOptional: Bool
  /// Where it stands.
  public var span: Span

  /// A type from its parts.
  public init(
    _ name: Name, hasShape: Bool = false, hasEllipsis: Bool = false, dims: [Expression] = [],
    isOptional: Bool = false, _ span: Span = Span()
  ) {
    self.name = name
    self.hasShape = hasShape
    self.hasEllipsis = hasEllipsis
    self.dims = dims
    self.isOptional = isOptional
    self.span = span
  }
}
