import Tensors

/// A rewrite as a value: new nodes, and which values of the graph they replace.
///
/// Made by a pass for one graph and applied together with others by ``Graph/applying(_:)``. What
/// nothing uses after that stays until the pass that drops dead nodes.
public struct Patch: Sendable {
  /// A value of the graph, or one that the patch makes.
  public enum Operand: Hashable, Sendable {
    case existing(ValueID)
    case new(Int)
  }

  struct NewNode: Sendable {
    var op: any Op
    var operands: [Operand]
    var results: [Int]
  }

  enum NewValue: Sendable {
    case constant(Tensor)
    case result(node: Int, type: TensorType)

    var type: TensorType {
      switch self {
      case .constant(let tensor): tensor.type
      case .result(_, let type): type
      }
    }
  }

  /// The merged origin of what is rewritten; every new node gets it.
  public let origin: Origin
  /// The nodes that the new ones stand for, where the pass named them.
  public let rewritten: [NodeID]
  private(set) var nodes: [NewNode] = []
  private(set) var values: [NewValue] = []
  private(set) var replacements: [(old: ValueID, new: Operand)] = []

  /// An empty rewrite of nodes with these origins.
  public init(origin: Origin) {
    self.origin = origin
    rewritten = []
  }

  /// An empty rewrite of `nodes`.
  public init(rewriting nodes: [Node]) {
    origin = Origin.merging(nodes.map(\.origin))
    rewritten = nodes.map(\.id)
  }

  /// The type of an operand of this patch.
  public func type(of operand: Operand, in graph: Graph) -> TensorType {
    switch operand {
    case .existing(let value): graph.type(of: value)
    case .new(let i): values[i].type
    }
  }

  /// Adds a constant.
  public mutating func constant(_ tensor: Tensor) -> Operand {
    values.append(.constant(tensor))
    return .new(values.count - 1)
  }

  /// Adds a node and gives its results.
  public mutating func add(
    _ op: any Op, _ operands: [Operand], in graph: Graph
  ) throws(OpError) -> [Operand] {
    let types = try op.resultTypes(operands.map { type(of: $0, in: graph) })
    let first = values.count
    values += types.map { .result(node: nodes.count, type: $0) }
    let results = Array(first..<values.count)
    nodes.append(NewNode(op: op, operands: operands, results: results))
    return results.map { .new($0) }
  }

  /// Adds a node on values of the graph and gives its results.
  public mutating func add(
    _ op: any Op, _ operands: [ValueID], in graph: Graph
  ) throws(OpError) -> [Operand] {
    try add(op, operands.map { .existing($0) }, in: graph)
  }

  /// Makes every user of `old` use `new`.
  public mutating func replace(_ old: ValueID, with new: Operand) {
    replacements.append((old, new))
  }

  /// Makes every user of `old` use `new`.
  public mutating func replace(_ old: ValueID, with new: ValueID) {
    replace(old, with: .existing(new))
  }

  /// Makes the users of `node`'s results use `results`.
  public mutating func replace(_ node: Node, with results: [Operand]) {
    for (old, new) in zip(node.results, results) { replace(old, with: new) }
  }

  /// Whether constants replace something.
  public var makesConstants: Bool {
    values.contains { if case .constant = $0 { true } else { false } }
  }

  /// The value that was named first as replaced.
  public var firstReplaced: ValueID? { replacements.first?.old }

  /// The nodes of `graph` whose results are replaced.
  public func replacedNodes(in graph: Graph) -> Set<NodeID> {
    Set(replacements.compactMap { graph.producer(of: $0.old)?.id })
  }

  /// The replaced nodes and those whose results the patch uses: what must not change under it.
  public func touchedNodes(in graph: Graph) -> Set<NodeID> {
    var touched = replacedNodes(in: graph)
    let used = nodes.flatMap(\.operands) + replacements.map(\.new)
    for case .existing(let value) in used {
      if let node = graph.producer(of: value) { touched.insert(node.id) }
    }
    return touched
  }
}
