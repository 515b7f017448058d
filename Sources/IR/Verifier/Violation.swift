/// A rule of the IR that a graph breaks, and where.
public struct Violation: Hashable, Sendable, CustomStringConvertible {
  /// What breaks the rule.
  public enum Subject: Hashable, Sendable, CustomStringConvertible {
    /// The value at this position.
    case value(Int)
    /// The node at this position, with its op's name.
    case node(Int, op: String)
    /// The output at this position.
    case output(Int)

    /// `value %3`, `node 2 (add)`, `output 0`.
    public var description: String {
      switch self {
      case .value(let index): "value %\(index)"
      case .node(let index, let op): "node \(index) (\(op))"
      case .output(let index): "output \(index)"
      }
    }
  }

  /// What breaks the rule.
  public let subject: Subject
  /// What was found and expected.
  public let message: String
  /// The lines it comes from.
  public let origin: Origin

  /// `node 2 (add) in encoder at minilm.weft:3:1: …`.
  public var description: String {
    let path = origin.path.components.isEmpty ? "" : " in \(origin.path)"
    let place = origin.location.map { " at \($0)" } ?? ""
    return "\(subject)\(path)\(place): \(message)"
  }
}

/// A graph that breaks rules of the IR.
public struct VerificationError: Error, CustomStringConvertible {
  /// The graph's name.
  public let graph: String
  /// Everything that is wrong, in the order of the rules; not empty.
  public let violations: [Violation]

  /// One line a violation.
  public var description: String {
    let count = violations.count == 1 ? "1 rule" : "\(violations.count) rules"
    return "graph '\(graph)' breaks \(count):\n"
      + violations.map { "  \($0)" }.joined(separator: "\n")
  }
}
