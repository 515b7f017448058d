/// What a graph file may take, so that a hostile one ends in a message.
enum Limits {
  /// Bytes of one file.
  static let sourceBytes = 64 << 20
  /// Tokens of one file.
  static let tokens = 2_000_000
  /// Bytes of one name.
  static let nameBytes = 256
  /// Axes of one tensor.
  static let axes = 32
  /// Blocks and expressions inside each other.
  static let nesting = 200
  /// Files that import each other in a chain.
  static let importDepth = 32
  /// Layers that call each other in a chain.
  static let callDepth = 64
  /// Nodes and parameters of one entry.
  static let nodes = 300_000
  /// Trips of one loop.
  static let trips = 100_000
  /// Statements and calls that the elaboration of one entry runs; long lists, polynomials and names
  /// count as several.
  static let steps = 300_000
  /// Errors that are reported.
  static let diagnostics = 100
}
