/// Where in the tree of layers something stands: `encoder.layer.3.attention`.
///
/// The path names the checkpoint's tensors, the boxes of a diagram and the rows of a profile.
public struct LayerPath: Hashable, Sendable {
  /// One level of the tree.
  public struct Component: Hashable, Sendable {
    /// The name given with `as`.
    public var name: String
    /// The index in `name[i]`, printed as a component of its own.
    public var index: Int?
    /// The layer that was called here, such as `EncoderLayer`; nil for a level that only groups.
    public var layer: String?

    /// A component from its parts.
    public init(_ name: String, index: Int? = nil, layer: String? = nil) {
      self.name = name
      self.index = index
      self.layer = layer
    }

    /// `name`, or `name.index`.
    public var text: String { index.map { "\(name).\($0)" } ?? name }
  }

  /// The levels, outermost first.
  public var components: [Component]

  /// A path from its levels.
  public init(_ components: [Component] = []) { self.components = components }

  /// The path one level or more below.
  public func appending(_ more: [Component]) -> LayerPath { LayerPath(components + more) }

  /// The name of something at this path: `encoder.layer.3.weight`.
  public func naming(_ name: String) -> String {
    components.isEmpty ? name : "\(description).\(name)"
  }

  /// The longest path that both lie under.
  public func commonAncestor(with other: LayerPath) -> LayerPath {
    var shared: [Component] = []
    for (a, b) in zip(components, other.components) {
      guard a == b else { break }
      shared.append(a)
    }
    return LayerPath(shared)
  }
}

extension LayerPath: CustomStringConvertible {
  public var description: String { components.map(\.text).joined(separator: ".") }
}
