import Tensors

/// Position of a value in its graph. Valid for that graph only: a rewrite makes a new graph.
public struct ValueID: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The position in ``Graph/values``.
  public let index: Int

  /// The value at `index`.
  public init(_ index: Int) { self.index = index }

  public static func < (a: ValueID, b: ValueID) -> Bool { a.index < b.index }

  public var description: String { "%\(index)" }
}

/// Position of a node in its graph. Valid for that graph only: a rewrite makes a new graph.
public struct NodeID: Hashable, Comparable, Sendable {
  /// The position in ``Graph/nodes``.
  public let index: Int

  /// The node at `index`.
  public init(_ index: Int) { self.index = index }

  public static func < (a: NodeID, b: NodeID) -> Bool { a.index < b.index }
}

/// A tensor in a graph: written once, by what defines it.
public struct Value: Sendable {
  /// What a value comes from.
  public enum Definition: Sendable {
    /// Given at each run, by name.
    case input(String)
    /// Bound once, from a checkpoint or from its initializer.
    case parameter(Parameter)
    /// Known when the graph is built.
    case constant(Tensor)
    /// Memory that outlives a run, by name, as it is when a run begins; ``Updating`` ops change it.
    case state(String)
    /// A result of a node, by its position.
    case result(NodeID, Int)
  }

  /// The position in the graph.
  public let id: ValueID
  /// Element type and extents.
  public let type: TensorType
  /// What it comes from.
  public let definition: Definition
  /// The name that the user gave it with `let`, for people only.
  public let name: String?
  /// The lines it comes from.
  public let origin: Origin
}

/// A weight: its name in the checkpoint and how to fill it where there is none.
public struct Parameter: Hashable, Sendable {
  /// The name in the checkpoint, made of the layer path.
  public var name: String
  /// How to fill it without a checkpoint.
  public var initializer: Initializer

  /// A parameter from its parts.
  public init(_ name: String, _ initializer: Initializer = .standard) {
    self.name = name
    self.initializer = initializer
  }
}

/// How a parameter is filled without a checkpoint.
public enum Initializer: Hashable, Sendable {
  /// Every element the same.
  case constant(Double)
  /// Gaussian.
  case normal(mean: Double, deviation: Double)
  /// Uniform in `low ..< high`.
  case uniform(low: Double, high: Double)

  /// Gaussian with deviation 0.02, as GPT-2 and BERT were initialized.
  public static let standard = Initializer.normal(mean: 0, deviation: 0.02)
}

/// One application of an op.
public struct Node: Sendable {
  /// The position in the graph.
  public let id: NodeID
  /// The operation with its attributes.
  public let op: any Op
  /// The values it takes, in the order of the op's signature.
  public let operands: [ValueID]
  /// The values it gives.
  public let results: [ValueID]
  /// The lines it comes from.
  public let origin: Origin
}

/// A computation in static single assignment form: nodes in an order in which they can run.
///
/// Immutable: made by a ``GraphBuilder``, rewritten by applying ``Patch``es. What a well-formed
/// graph is, ``Verifier`` says.
public struct Graph: Sendable {
  /// A value that a run gives back.
  public struct Output: Hashable, Sendable {
    /// The name it is asked for by.
    public var name: String
    /// The value.
    public var value: ValueID
  }

  /// The name of the entry, such as `encode`.
  public let name: String
  /// All values; a value's ``Value/id`` is its position here.
  public let values: [Value]
  /// All nodes, operands before their users; a node's ``Node/id`` is its position here.
  public let nodes: [Node]
  /// What a run gives back, in the order of declaration.
  public let outputs: [Output]
  /// For each value, the nodes that use it, in order, none twice.
  public let users: [[NodeID]]
  /// For each value, whether it is made of weights and constants alone.
  let knownBeforeRun: [Bool]
  /// The values given at each run, in the order of declaration.
  public let inputs: [Value]
  /// What outlives a run, in the order of declaration.
  public let states: [(value: Value, name: String)]
  /// What the source calls its values. Only a graph as it was declared has labels: a rewrite drops them.
  public let labels: [Label]

  init(
    name: String, values: [Value], nodes: [Node], outputs: [Output], labels: [Label] = []
  ) {
    self.name = name
    self.values = values
    self.nodes = nodes
    self.outputs = outputs
    self.labels = labels
    inputs = values.filter { if case .input = $0.definition { true } else { false } }
    states = values.compactMap { value in
      if case .state(let name) = value.definition { (value, name) } else { nil }
    }
    var users = [[NodeID]](repeating: [], count: values.count)
    for node in nodes {
      for operand in node.operands where users.indices.contains(operand.index) {
        if users[operand.index].last != node.id { users[operand.index].append(node.id) }
      }
    }
    self.users = users
    knownBeforeRun = Graph.knownBeforeRun(values, nodes)
  }

  /// The value `id`.
  public subscript(id: ValueID) -> Value { values[id.index] }

  /// The node `id`.
  public subscript(id: NodeID) -> Node { nodes[id.index] }

  /// The type of `value`.
  public func type(of value: ValueID) -> TensorType { values[value.index].type }

  /// The node that gives `value`, where one does.
  public func producer(of value: ValueID) -> Node? {
    if case .result(let node, _) = values[value.index].definition { nodes[node.index] } else { nil }
  }

  /// The tensor of `value`, where it is a constant.
  public func constant(_ value: ValueID) -> Tensor? {
    if case .constant(let tensor) = values[value.index].definition { tensor } else { nil }
  }

  /// Whether `value` is an output.
  public func isOutput(_ value: ValueID) -> Bool { outputs.contains { $0.value == value } }

  /// Nodes that use `value`, counting once more for an output: 1 where a fusion may swallow it.
  public func useCount(of value: ValueID) -> Int {
    var count = outputs.reduce(0) { $0 + ($1.value == value ? 1 : 0) }
    for user in users[value.index] {
      count += nodes[user.index].operands.reduce(0) { $0 + ($1 == value ? 1 : 0) }
    }
    return count
  }

  /// The weights, in the order of declaration.
  public var parameters: [(value: Value, parameter: Parameter)] {
    values.compactMap { value in
      if case .parameter(let parameter) = value.definition { (value, parameter) } else { nil }
    }
  }

  /// The symbolic dimensions, in the order in which the inputs name them, then the states.
  public var symbols: [String] {
    var seen: Set<String> = []
    return (inputs + states.map(\.value)).flatMap { $0.type.shape.dims.flatMap(\.symbols) }
      .filter { seen.insert($0).inserted }
  }

  /// The state that `value` is a version of: as it is when a run begins, or after updates.
  public func state(of value: ValueID) -> Value? {
    var value = value
    while true {
      switch self[value].definition {
      case .state: return self[value]
      case .result(let node, 0):
        guard let op = self[node].op as? any Updating else { return nil }
        value = self[node].operands[op.updatedOperand]
      default: return nil
      }
    }
  }
}
