/// The graph that computes what is tapped: the graph that runs, node for node, and beside it what the
/// passes made disappear, computed again from values that are left.
struct TapGraph {
  private let surviving: SurvivingValues
  private let passes: [any Pass]
  private var builder: GraphBuilder
  /// For each value of the graph that runs, its copy.
  private var copies: [ValueID?]
  private var weights: [TapPoint.Target: ValueID] = [:]

  /// The graph whose outputs are `taps`, in order.
  static func graph(
    of taps: [Tap], _ surviving: SurvivingValues, _ passes: [any Pass]
  ) throws -> CompiledGraph {
    var graph = TapGraph(surviving, passes)
    return try graph.make(taps)
  }

  private init(_ surviving: SurvivingValues, _ passes: [any Pass]) {
    self.surviving = surviving
    self.passes = passes
    builder = GraphBuilder(name: surviving.source.name)
    copies = Array(repeating: nil, count: surviving.compiled.values.count)
  }

  private mutating func make(_ taps: [Tap]) throws -> CompiledGraph {
    try copyCompiled()
    var seen: Set<ValueID> = []
    let lost = taps.compactMap { tap -> ValueID? in
      guard case .value(let value) = tap.point.target, surviving.survivor(of: value) == nil,
        seen.insert(value).inserted
      else { return nil }
      return value
    }
    let again = try computeAgain(lost)
    for tap in taps {
      switch tap.point.target {
      case .value(let value):
        guard let copy = again[value] ?? surviving.survivor(of: value).flatMap({ copies[$0.index] })
        else { continue }
        builder.output(tap.name, copy)
      case .weights(let id, let scores):
        builder.output(tap.name, try addWeights(of: id, scores: scores, heads: tap.heads))
      }
    }
    // No passes: the nodes must stay those that run.
    return try PassManager([]).compile(builder.graph())
  }

  private mutating func copyCompiled() throws {
    let graph = surviving.compiled
    for value in graph.values {
      switch value.definition {
      case .input(let name):
        copies[value.id.index] = builder.input(name, value.type, origin: value.origin)
      case .parameter(let parameter):
        copies[value.id.index] = builder.parameter(parameter, value.type, origin: value.origin)
      case .state(let name):
        copies[value.id.index] = builder.state(name, value.type, origin: value.origin)
      case .constant(let tensor):
        copies[value.id.index] = builder.constant(tensor, origin: value.origin)
      case .result: continue
      }
    }
    for node in graph.nodes {
      let results = try builder.add(
        node.op, node.operands.compactMap { copies[$0.index] }, origin: node.origin)
      for (value, copy) in zip(node.results, results) { copies[value.index] = copy }
    }
  }

  private mutating func addWeights(
    of id: NodeID, scores: Bool, heads: [Int]
  ) throws -> ValueID {
    let node = surviving.compiled[id]
    guard let attention = node.op as? Attention else {
      preconditionFailure("only attentions have weights to tap")
    }
    let op = AttentionWeights(of: attention, scores: scores, picked: heads)
    let operands = op.operands(of: node).compactMap { copies[$0.index] }
    return try builder.add(op, operands, origin: node.origin)[0]
  }

  /// Adds what computes `values`, which no run has, as the passes make it where nothing is fused across
  /// them. Gives the value that stands for each.
  private mutating func computeAgain(_ values: [ValueID]) throws -> [ValueID: ValueID] {
    if values.isEmpty { return [:] }
    let lost = try LostValues(values, surviving)
    let graph = try PassManager(passes).compile(lost.graph).graph
    var made = [ValueID?](repeating: nil, count: graph.values.count)
    for value in graph.values {
      switch value.definition {
      case .input(let name):
        made[value.id.index] = lost.inputs[name].flatMap { copies[$0.index] }
      case .parameter(let parameter):
        made[value.id.index] = builder.parameter(parameter, value.type, origin: value.origin)
      case .constant(let tensor):
        made[value.id.index] = builder.constant(tensor, origin: value.origin)
      case .state, .result: continue
      }
    }
    for node in graph.nodes {
      let results = try builder.add(
        node.op, node.operands.compactMap { made[$0.index] }, origin: node.origin)
      for (value, copy) in zip(node.results, results) { made[value.index] = copy }
    }
    return Dictionary(
      zip(values, graph.outputs.compactMap { made[$0.value.index] }),
      uniquingKeysWith: { first, _ in first })
  }
}

/// A part of a graph as it was declared: what computes values that the passes made disappear, from
/// those that are left.
struct LostValues {
  /// The part; its outputs are the values.
  private(set) var graph = Graph.empty
  /// What each input of ``graph`` is in the graph that runs.
  private(set) var inputs: [String: ValueID] = [:]
  private let source: Graph
  private let surviving: SurvivingValues
  private var isNeeded: [Bool]

  init(_ values: [ValueID], _ surviving: SurvivingValues) throws {
    self.surviving = surviving
    source = surviving.source
    isNeeded = Array(repeating: false, count: source.values.count)
    for value in values { isNeeded[value.index] = true }
    for node in source.nodes.reversed() where isLost(node) {
      for operand in node.operands { isNeeded[operand.index] = true }
    }
    try build(values)
  }

  /// Whether the part must compute `node`.
  private func isLost(_ node: Node) -> Bool {
    node.results.contains { isNeeded[$0.index] && surviving.survivor(of: $0) == nil }
  }

  private mutating func build(_ values: [ValueID]) throws {
    var builder = GraphBuilder(name: source.name)
    var made = [ValueID?](repeating: nil, count: source.values.count)
    for value in source.values {
      switch value.definition {
      case .parameter(let parameter) where isNeeded[value.id.index]:
        made[value.id.index] = builder.parameter(parameter, value.type, origin: value.origin)
      case .constant(let tensor) where isNeeded[value.id.index]:
        made[value.id.index] = builder.constant(tensor, origin: value.origin)
      case .parameter, .constant: continue
      case .input, .state, .result:
        // All inputs: extents may hang on symbols that only they have.
        let isInput = if case .input = value.definition { true } else { false }
        guard isInput || isNeeded[value.id.index],
          let survivor = surviving.survivor(of: value.id)
        else { continue }
        let name = "\(value.id)"
        inputs[name] = survivor
        made[value.id.index] = builder.input(name, value.type, origin: value.origin)
      }
    }
    for node in source.nodes where isLost(node) {
      let results = try builder.add(
        node.op, node.operands.compactMap { made[$0.index] }, origin: node.origin)
      for (value, copy) in zip(node.results, results) where made[value.index] == nil {
        made[value.index] = copy
      }
    }
    for value in values {
      if let value = made[value.index] { builder.output("\(value)", value) }
    }
    graph = builder.graph()
  }
}

extension Graph {
  fileprivate static let empty = GraphBuilder(name: "").graph()
}
