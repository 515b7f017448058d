/// The linear layers and attentions of a graph, cut out of it, to see what each does to what it is given.
///
/// ``whole`` gives, after its own outputs, what its layers read. ``layers`` reads that and gives each
/// layer's x·Wᵀ + bias, without what was fused into it, and each attention.
struct LayerProbe {
  /// The graph, with what its layers read as further outputs.
  let whole: Graph
  /// The layers: an input for each further output of ``whole``, in order.
  let layers: Graph
  /// The weight of each output of ``layers``, or the name of an attention's products.
  let weights: [String]

  /// The layers of `graph`, which the passes were at, that read one of `names`, and the attentions whose
  /// products are one of `names`.
  init(_ graph: Graph, reading names: Set<String>) throws {
    var cut = LayerCut(graph)
    for node in graph.nodes {
      if let name = RoundProducts.name(of: node), names.contains(name) {
        try cut.add(node, products: name)
      }
      guard let (positions, _) = node.linearWeights,
        !graph.isKnownBeforeRun(node.operands[0])
      else { continue }
      for position in positions {
        guard let name = graph.parameterName(behind: node.operands[position]),
          names.contains(name)
        else { continue }
        try cut.add(node, weight: position, name: name)
      }
    }
    whole = graph.adding(
      outputs: cut.inputs.map { (LayerCut.name(of: $0), $0) })
    layers = cut.builder.graph()
    weights = cut.weights
  }
}

/// The graph of the layers while it is made.
private struct LayerCut {
  let graph: Graph
  var builder: GraphBuilder
  /// What the layers read, in the order in which they ask.
  private(set) var inputs: [ValueID] = []
  private(set) var weights: [String] = []
  private var made: [ValueID: ValueID] = [:]

  init(_ graph: Graph) {
    self.graph = graph
    builder = GraphBuilder(name: graph.name)
  }

  /// The name of a further output: none that a graph file can have.
  static func name(of value: ValueID) -> String { "%\(value.index)" }

  /// The attention of `node`.
  mutating func add(_ node: Node, products name: String) throws {
    let operands = try node.operands.map { operand in
      graph.isKnownBeforeRun(operand) ? try copy(operand) : input(for: operand)
    }
    try add(node.op, operands, node.origin, name)
  }

  private mutating func input(for value: ValueID) -> ValueID {
    if let input = made[value] { return input }
    inputs.append(value)
    let input = builder.input(Self.name(of: value), graph.type(of: value))
    made[value] = input
    return input
  }

  private mutating func add(
    _ op: any Op, _ operands: [ValueID], _ origin: Origin, _ name: String
  ) throws {
    let result = try builder.add(op, operands, origin: origin)
    builder.output("y\(weights.count)", result[0])
    weights.append(name)
  }

  /// The layer of `node` that reads the weight at this position.
  mutating func add(_ node: Node, weight: Int, name: String) throws {
    let x = input(for: node.operands[0])
    var op: Linear
    var operands = [node.operands[weight]]
    if let linear = node.op as? Linear {
      op = Linear(bias: linear.hasBias, transposed: linear.transposed, scale: linear.scale)
      operands += linear.biasPosition.map { [node.operands[$0]] } ?? []
    } else if let merged = node.op as? MergedLinear {
      op = Linear(bias: merged.hasBiases, transposed: merged.transposed)
      operands += merged.hasBiases ? [node.operands[node.results.count + weight]] : []
    } else {
      return
    }
    // A bias that hangs on the run says nothing about the weight.
    if operands.count > 1, !graph.isKnownBeforeRun(operands[1]) {
      op.hasBias = false
      operands.removeLast()
    }
    try add(op, [x] + operands.map { try copy($0) }, node.origin, name)
  }

  /// What stands for a value that is known before the run.
  private mutating func copy(_ value: ValueID) throws -> ValueID {
    if let known = made[value] { return known }
    let copied: ValueID
    switch graph[value].definition {
    case .constant(let tensor): copied = builder.constant(tensor)
    case .parameter(let parameter):
      copied = builder.parameter(parameter, graph.type(of: value), origin: graph[value].origin)
    case .input(let name), .state(let name): copied = builder.input(name, graph.type(of: value))
    case .result(let node, let i):
      let operands = try graph[node].operands.map { try copy($0) }
      copied = try builder.add(graph[node].op, operands, origin: graph[node].origin)[i]
    }
    made[value] = copied
    return copied
  }
}

extension Graph {
  /// The weight that `value` is, or is a part of.
  func parameterName(behind value: ValueID) -> String? {
    var value = value
    while true {
      switch self[value].definition {
      case .parameter(let parameter): return parameter.name
      case .result(let id, _) where self[id].op is any Int8Preserving:
        value = self[id].operands[0]
      default: return nil
      }
    }
  }
}
