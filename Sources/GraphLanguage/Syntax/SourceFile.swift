/// The syntax tree of a graph file: everything that was written, with comments and places.
public struct SourceFile: Hashable, Sendable {
  /// What a file holds.
  public enum Item: Hashable, Sendable {
    case `import`(Import)
    case layer(LayerDeclaration)
    case model(ModelDeclaration)
  }

  /// Imports, layers and models in order.
  public var items: [Item]
  /// Comments after the last one.
  public var trailing: [Comment]

  /// A file from its parts.
  public init(_ items: [Item], trailing: [Comment] = []) {
    self.items = items
    self.trailing = trailing
  }

  /// The imports, in order.
  public var imports: [Import] {
    items.compactMap { if case .import(let item) = $0 { item } else { nil } }
  }

  /// The layers, in order.
  public var layers: [LayerDeclaration] {
    items.compactMap { if case .layer(let item) = $0 { item } else { nil } }
  }

  /// The models, in order.
  public var models: [ModelDeclaration] {
    items.compactMap { if case .model(let item) = $0 { item } else { nil } }
  }
}

/// `import "layers/attention.weft"`.
public struct Import: Hashable, Sendable {
  /// The path, from the file that imports.
  public var path: Name
  /// Comments and blank lines around it.
  public var trivia: Trivia
  /// Where it stands.
  public var span: Span

  /// An import from its parts.
  public init(_ path: Name, trivia: Trivia = Trivia(), _ span: Span = Span()) {
    self.path = path
    self.trivia = trivia
    self.span = span
  }
}

/// A layer: a function from tensors to tensors with parameters of its own.
public struct LayerDeclaration: Hashable, Sendable {
  /// What a layer takes.
  public struct Parameter: Hashable, Sendable {
    /// Its name and label.
    public var name: Name
    /// Its type.
    public var type: TypeSyntax
    /// Its value where none is given.
    public var value: Expression?
    /// Comments around it.
    public var trivia: Trivia

    /// An argument's declaration from its parts.
    public init(
      _ name: Name, _ type: TypeSyntax, value: Expression? = nil, trivia: Trivia = Trivia()
    ) {
      self.name = name
      self.type = type
      self.value = value
      self.trivia = trivia
    }
  }

  /// Its name, such as `EncoderLayer`.
  public var name: Name
  /// What it takes, in order.
  public var parameters: [Parameter]
  /// What it gives.
  public var results: [TypeSyntax]
  /// What it does.
  public var body: Block
  /// Comments and blank lines around it.
  public var trivia: Trivia
  /// Where it stands.
  public var span: Span

  /// A layer from its parts.
  public init(
    _ name: Name, _ parameters: [Parameter], results: [TypeSyntax], _ body: Block,
    trivia: Trivia = Trivia(), _ span: Span = Span()
  ) {
    self.name = name
    self.parameters = parameters
    self.results = results
    self.body = body
    self.trivia = trivia
    self.span = span
  }
}

/// A model: configs, inputs, what is computed from them, outputs.
public struct ModelDeclaration: Hashable, Sendable {
  /// Its name.
  public var name: Name
  /// What it says.
  public var body: Block
  /// Comments and blank lines around it.
  public var trivia: Trivia
  /// Where it stands.
  public var span: Span

  /// A model from its parts.
  public init(_ name: Name, _ body: Block, trivia: Trivia = Trivia(), _ span: Span = Span()) {
    self.name = name
    self.body = body
    self.trivia = trivia
    self.span = span
  }
}
