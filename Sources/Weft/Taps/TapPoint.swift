/// A value of an entry that can be tapped: how it is asked for, and what it is.
public struct TapPoint: Sendable {
  /// What is tapped there.
  enum Target: Hashable, Sendable {
    /// A value of the graph as it was declared.
    case value(ValueID)
    /// The weights or scores of an attention of the compiled graph.
    case weights(NodeID, scores: Bool)
  }

  /// How it got its name; the first that a value has is the one that it is listed by.
  enum Kind: Int, Comparable, Sendable {
    case layer, name, inside, weights, op

    static func < (a: Kind, b: Kind) -> Bool { a.rawValue < b.rawValue }
  }

  /// The layer, such as `encoder.layer.3.attention`; empty for the model itself.
  public let path: String
  /// The name in the layer; nil for the layer's result.
  public let name: String?
  /// The element type and extents, which may be symbolic.
  public let type: TensorType
  /// The line: `attention.weft:13`.
  public let line: String?
  /// Whether a run has no such value, since it was fused into others: then a tap computes it again.
  public let isRecomputed: Bool
  /// How many heads it has, of which a tap may pick some; nil where it has none.
  public let heads: Int?
  let target: Target
  let kind: Kind
  /// Whether it has the elements of another value in another order.
  let isMovement: Bool
  /// Its place in the order of the model.
  let order: Int

  /// How it is asked for: `PATH`, `PATH:name`, or the name alone for one of the model itself.
  public var address: String { TapPoint.address(path, name) }

  static func address(_ path: String, _ name: String?) -> String {
    guard let name else { return path }
    return path.isEmpty ? name : "\(path):\(name)"
  }
}

extension SourceLocation {
  /// `attention.weft:13`
  var lineText: String { "\(file):\(line)" }
}
