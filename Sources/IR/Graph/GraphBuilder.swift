import Tensors

/// Makes a graph value by value.
public struct GraphBuilder: Sendable {
  /// The name of the entry.
  public let name: String
  private var values: [Value] = []
  private var nodes: [Node] = []
  private var outputs: [Graph.Output] = []
  private var labels: [Label] = []
  private var parameters: [String: ValueID] = [:]

  /// A builder of an empty graph.
  public init(name: String) { self.name = name }

  /// The type of a value made before.
  public func type(of value: ValueID) -> TensorType { values[value.index].type }

  private mutating func add(
    _ type: TensorType, _ definition: Value.Definition, _ name: String?, _ origin: Origin
  ) -> ValueID {
    let id = ValueID(values.count)
    values.append(
      Value(id: id, type: type, definition: definition, name: name, origin: origin))
    return id
  }

  /// A tensor that each run is given.
  public mutating func input(
    _ name: String, _ type: TensorType, origin: Origin = Origin()
  ) -> ValueID {
    add(type, .input(name), name, origin)
  }

  /// A weight. The same name again gives the same value.
  public mutating func parameter(
    _ parameter: Parameter, _ type: TensorType, origin: Origin = Origin()
  ) -> ValueID {
    if let known = parameters[parameter.name] { return known }
    let id = add(type, .parameter(parameter), parameter.name, origin)
    parameters[parameter.name] = id
    return id
  }

  /// The value of the weight of that name, where one was made.
  public func parameter(named name: String) -> ValueID? { parameters[name] }

  /// Memory that outlives a run.
  public mutating func state(
    _ name: String, _ type: TensorType, origin: Origin = Origin()
  ) -> ValueID {
    add(type, .state(name), name, origin)
  }

  /// A tensor known now.
  public mutating func constant(_ tensor: Tensor, origin: Origin = Origin()) -> ValueID {
    add(tensor.type, .constant(tensor), nil, origin)
  }

  /// The results of `op` on `operands`.
  @discardableResult
  public mutating func add(
    _ op: any Op, _ operands: [ValueID], origin: Origin = Origin()
  ) throws(OpError) -> [ValueID] {
    let types = try op.resultTypes(operands.map { values[$0.index].type })
    return add(op, operands, resultTypes: types, names: [], origin: origin)
  }

  /// Appends a node whose result types are known.
  @discardableResult
  mutating func add(
    _ op: any Op, _ operands: [ValueID], resultTypes: [TensorType], names: [String?],
    origin: Origin
  ) -> [ValueID] {
    let id = NodeID(nodes.count)
    let results = resultTypes.enumerated().map { i, type in
      add(type, .result(id, i), i < names.count ? names[i] : nil, origin)
    }
    nodes.append(Node(id: id, op: op, operands: operands, results: results, origin: origin))
    return results
  }

  /// Copies `value`, which isn't a result, from another graph.
  mutating func copy(_ value: Value, as type: TensorType? = nil) -> ValueID {
    let id = add(type ?? value.type, value.definition, value.name, value.origin)
    if case .parameter(let parameter) = value.definition { parameters[parameter.name] = id }
    return id
  }

  /// Gives a value the name that people read.
  public mutating func name(_ value: ValueID, _ name: String) { rename(value, name) }

  mutating func rename(_ value: ValueID, _ name: String?) {
    let old = values[value.index]
    values[value.index] = Value(
      id: old.id, type: old.type, definition: old.definition, name: name, origin: old.origin)
  }

  /// Notes what the source calls a value.
  public mutating func label(_ label: Label) { labels.append(label) }

  /// Makes `value` an output.
  public mutating func output(_ name: String, _ value: ValueID) {
    outputs.append(Graph.Output(name: name, value: value))
  }

  /// The graph.
  public func graph() -> Graph {
    Graph(name: name, values: values, nodes: nodes, outputs: outputs, labels: labels)
  }
}
