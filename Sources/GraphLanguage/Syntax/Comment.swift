/// A comment to the end of a line.
public struct Comment: Hashable, Sendable {
  /// The text after the slashes, without spaces around it.
  public var text: String
  /// Whether it has three slashes and documents what follows.
  public var isDocumentation: Bool
  /// Whether a blank line stands before it.
  public var followsBlank: Bool

  /// A comment from its parts.
  public init(_ text: String, isDocumentation: Bool = false, followsBlank: Bool = false) {
    self.text = text
    self.isDocumentation = isDocumentation
    self.followsBlank = followsBlank
  }
}

/// What stands around a statement or declaration without being part of its meaning.
public struct Trivia: Hashable, Sendable {
  /// Comments on lines of their own before it.
  public var leading: [Comment] = []
  /// Whether a blank line stands before it, after its leading comments.
  public var followsBlank = false
  /// The comment at the end of its last line.
  public var trailing: Comment?

  /// Nothing around it.
  public init() {}

  /// The lines of its documentation comments.
  public var documentation: String? {
    let lines = leading.filter(\.isDocumentation).map(\.text)
    return lines.isEmpty ? nil : lines.joined(separator: "\n")
  }
}
