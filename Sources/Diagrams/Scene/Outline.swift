import IR
import Tensors

/// The tree of layers of a graph, with what is equal in it and what needs no box of its own.
struct Outline {
  /// One layer, by its path.
  struct Layer {
    var component: LayerPath.Component
    var path: LayerPath
    var parent: Int?
    var children: [Int] = []
    /// Nodes that stand in this layer and in none below it, in order.
    var nodes: [Int] = []
    /// The first node in or below the layer.
    var first = Int.max
  }

  /// Several equal layers, of which the first is drawn: in a row, or in turns with others.
  struct Run {
    /// All of them, the first in front.
    var members: [Int]
    var lastIndex: Int
    var count: Int { members.count }
  }

  let graph: Graph
  /// All layers; the first is the graph itself.
  private(set) var layers: [Layer]
  /// The runs by their first layer.
  private(set) var runs: [Int: Run] = [:]
  /// Layers that an equal one stands for.
  private(set) var hidden: Set<Int> = []
  /// For each node the equal one that is drawn in its place, mostly itself.
  private(set) var twin: [Int]
  /// Nodes that only prepare weights: drawn as lines in their users' boxes.
  let isFolded: [Bool]
  let expansion: DiagramOptions.Expansion

  init(_ graph: Graph, expansion: DiagramOptions.Expansion = .none) {
    self.graph = graph
    self.expansion = expansion
    twin = Array(graph.nodes.indices)
    isFolded = Outline.folded(graph)
    layers = [Layer(component: .init(graph.name), path: LayerPath())]
    var known: [LayerPath: Int] = [LayerPath(): 0]
    for (n, node) in graph.nodes.enumerated() {
      var at = 0
      var path = LayerPath()
      for component in node.origin.path.components {
        path.components.append(component)
        let child = known[path] ?? layers.count
        if child == layers.count {
          known[path] = child
          layers.append(Layer(component: component, path: path, parent: at))
          layers[at].children.append(child)
        }
        layers[child].first = min(layers[child].first, n)
        at = child
      }
      layers[at].nodes.append(n)
    }
    if expansion != .all { findRuns(below: 0) }
  }

  /// Nodes of which all operands are weights, constants or such nodes, and that move them about or
  /// change each element by itself, as a norm's scale of 1 + w.
  private static func folded(_ graph: Graph) -> [Bool] {
    var folded = [Bool](repeating: false, count: graph.nodes.count)
    for (n, node) in graph.nodes.enumerated() {
      let category = node.op.signature.category
      guard category == .movement || category == .elementwise, !node.operands.isEmpty,
        !node.results.contains(where: graph.isOutput)
      else { continue }
      let hasWeight = node.operands.contains { operand in
        switch graph[operand].definition {
        case .parameter: true
        case .input, .state, .constant: false
        case .result(let producer, _): folded[producer.index]
        }
      }
      guard hasWeight || category == .movement else { continue }
      folded[n] = node.operands.allSatisfy { operand in
        switch graph[operand].definition {
        case .parameter, .constant: true
        case .input, .state: false
        case .result(let producer, _): folded[producer.index]
        }
      }
    }
    return folded
  }

  /// Whether any layer has a kind; a program may have given names alone.
  var hasKinds: Bool { layers.contains { $0.component.layer != nil } }

  // MARK: Equal layers

  /// Nodes in and below a layer, in the graph's order.
  func nodes(below layer: Int) -> [Int] {
    var nodes: [Int] = []
    var open = [layer]
    while let next = open.popLast() {
      nodes += layers[next].nodes
      open += layers[next].children
    }
    return nodes.sorted()
  }

  /// The children that are drawn.
  func children(of layer: Int) -> [Int] { layers[layer].children.filter { !hidden.contains($0) } }

  private mutating func findRuns(below root: Int) {
    var open = [root]
    while let layer = open.popLast() {
      var families: [LayerPath.Component: [Int]] = [:]
      for child in layers[layer].children where layers[child].component.index != nil {
        var family = layers[child].component
        family.index = nil
        families[family, default: []].append(child)
      }
      for family in families.values where family.count > 1 { join(family) }
      open += children(of: layer)
    }
  }

  /// Joins those of `family`, siblings of one name, that are equal and follow each other or take turns.
  private mutating func join(_ family: [Int]) {
    let sorted = family.sorted { index($0) < index($1) }
    var forms: [Int: (form: [String], nodes: [Int])] = [:]
    for layer in sorted {
      let nodes = nodes(below: layer)
      forms[layer] = (form(of: nodes, depth: layers[layer].path.components.count), nodes)
    }
    let turn = turn(of: sorted) { forms[$0]?.form == forms[$1]?.form }
    var leaders: [Int] = []
    for (i, layer) in sorted.enumerated() {
      var leader = layer
      if let turn, i >= turn.length, i < turn.end {
        leader = leaders[i % turn.length]
      } else if let before = leaders.last, follows(layer, sorted[i - 1]),
        !expansion.opens(layers[layer].path), !expansion.opens(layers[before].path),
        forms[before]?.form == forms[layer]?.form
      {
        leader = before
      }
      leaders.append(leader)
      guard leader != layer, let nodes = forms[leader]?.nodes, let own = forms[layer]?.nodes else {
        continue
      }
      for (a, b) in zip(nodes, own) { twin[b] = a }
      hidden.insert(layer)
      runs[leader] = Run(
        members: (runs[leader]?.members ?? [leader]) + [layer], lastIndex: index(layer))
    }
  }

  /// The layer at `path`.
  func layer(at path: String) -> Int? {
    layers.indices.first { layers[$0].path.description == path }
  }

  /// The paths of a layer and of those that it stands for, its own in front.
  func paths(of layer: Int) -> [String] {
    var chain: [Int] = []
    var at: Int? = layer
    while let next = at, next > 0 {
      chain.append(next)
      at = layers[next].parent
    }
    var paths = [LayerPath()]
    for next in chain.reversed() {
      let members = runs[next]?.members ?? [next]
      paths = paths.flatMap { path in
        members.map { path.appending([layers[$0].component]) }
      }
    }
    return paths.map(\.description)
  }

  func index(_ layer: Int) -> Int { layers[layer].component.index ?? 0 }

  /// What must agree for two layers to be equal: ops, types, inner layers, and how they are joined.
  private func form(of nodes: [Int], depth: Int) -> [String] {
    var names: [ValueID: String] = [:]
    func name(_ value: ValueID) -> String {
      if let known = names[value] { return known }
      let kind =
        switch graph[value].definition {
        case .constant(let tensor): "constant \(Outline.digest(tensor))"
        case .parameter: "parameter"
        case .state: "state"
        case .input, .result: "outer"
        }
      let name = "\(kind) \(names.count) \(graph.type(of: value))"
      names[value] = name
      return name
    }
    return nodes.enumerated().map { position, n in
      let node = graph.nodes[n]
      let path = node.origin.path.components.dropFirst(depth)
        .map { "\($0.text) \($0.layer ?? "")" }
      let operands = node.operands.map(name)
      for (j, result) in node.results.enumerated() { names[result] = "node \(position) \(j)" }
      let types = node.results.map { graph.type(of: $0).description }
      return "\(path) \(node.op.name) \(node.op.attributes) \(operands) \(types)"
    }
  }

  /// A hash of a constant's elements (FNV-1a), so that layers with other constants aren't equal;
  /// constants of many elements are weights, whose values don't count.
  private static func digest(_ tensor: Tensor) -> UInt64 {
    guard tensor.byteCount <= 4096 else { return 0 }
    return tensor.withUnsafeBytes { bytes in
      bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
  }

  /// The node that is drawn for node `n`.
  func drawn(_ n: Int) -> Int {
    var n = n
    while twin[n] != n { n = twin[n] }
    return n
  }

  /// The value that is drawn for `value`.
  func drawn(_ value: ValueID) -> ValueID {
    guard case .result(let node, let position) = graph[value].definition else { return value }
    return graph.nodes[drawn(node.index)].results[position]
  }
}
