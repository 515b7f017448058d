import Compiler
import IR
import Operators
import Tensors

/// What near misses say of a graph.
extension Graph {
  /// The line of the node that gives `value`, or of what declares it.
  func location(of value: ValueID) -> SourceLocation? {
    (producer(of: value)?.origin ?? self[value].origin).location
  }

  /// ` (minilm.weft:41)` for a place that is known: the line, for the end of a sentence.
  func line(of node: Node) -> String { Self.line(node.origin.location) }

  /// ` (minilm.weft:41)`, or nothing.
  static func line(_ location: SourceLocation?) -> String {
    location.map { " (\($0.file):\($0.line))" } ?? ""
  }

  /// Who uses `value`, without the nodes in `besides`.
  func uses(of value: ValueID, besides: [Node] = []) -> [NearMiss.Use] {
    let nodes = users[value.index].map { self[$0] }
      .filter { user in !besides.contains { $0.id == user.id } }
    return nodes.map { NearMiss.Use($0.op.name, $0.origin.location) }
      + outputs.filter { $0.value == value }.map { NearMiss.Use("output \"\($0.name)\"", nil) }
  }

  /// The near miss of a rewrite by `node` that `value` is used outside of.
  public func sharing(of value: ValueID, besides: [Node], hint: String?) -> NearMiss {
    NearMiss(
      .soleUse, value: label(value), at: location(of: value),
      uses: uses(of: value, besides: besides), hint: hint)
  }

  /// The near miss of two ops that `node` stands between.
  public func standing(_ node: Node, of value: ValueID, hint: String?) -> NearMiss {
    NearMiss(.adjacent, value: label(value), at: node.origin.location, hint: hint)
  }

  /// Whether `node` only moves elements: a reshape or a transposition.
  func isMovement(_ node: Node) -> Bool { node.op is Reshape || node.op is Transpose }

  /// The node that only moves elements and gives `value` to nobody else, where there is one.
  func soleMovement(giving value: ValueID) -> Node? {
    guard let node = producer(of: value), isMovement(node), hasSoleUse(value),
      hasSoleUse(node.operands[0])
    else { return nil }
    return node
  }
}
