import IR
import Tensors

/// What is drawn: boxes in nested frames and edges between boxes, before anything is text.
struct Scene {
  /// A frame around a layer.
  struct Frame {
    var parent: Int?
    /// The layer's name, with those of enclosing levels that hold nothing else.
    var name: String
    /// The layer's kind, such as `EncoderLayer`.
    var kind: String?
    /// How many equal layers it stands for.
    var count: Int
    /// Elements of the weights inside one of them.
    var parameters: Int
    var level: Int
    /// The paths of the layers that it stands for, the one that is drawn in front.
    var paths: [String] = []
  }

  /// A rectangle.
  struct Box {
    enum Style { case op, movement, layer, input, output, reference, junction, stub, block, sum }
    var style: Style
    var frame: Int
    var group: Theme.Group = .other
    var title: String
    /// The layer's name, for an op that is all there is in its layer.
    var caption: String?
    /// How many equal layers it stands for.
    var count = 1
    var lines: [String] = []
    /// Lines that a pointer shows.
    var tooltip = ""
    /// The steps that compute it, in all equal layers, the one that is drawn in front.
    var steps: [Int] = []
    /// The paths of the layers that it stands for, where it is one.
    var paths: [String] = []
    /// The outputs that it stands for.
    var outputs: [String] = []
    var heat: BoxHeat?
    /// The group of boxes of another picture that it became, or came from.
    var mark: Mark?
  }

  /// An arrow.
  struct Edge {
    var value: ValueID
    var from: Int
    var to: Int
    var isResidual = false
  }

  let outline: Outline
  let options: DiagramOptions
  /// Frames; the first is the whole picture.
  var frames: [Frame]
  var boxes: [Box] = []
  var edges: [Edge] = []
  /// How many levels of frames there are.
  var deepest = 0
  /// The box of each node that is drawn.
  var owner: [Int: Int] = [:]
  /// The most heat that a box has, and that of all.
  var hottest = 0.0
  var heatSum = 0.0
  /// Boxes of neighbours of the layer that is drawn alone.
  var stubs: [String: Int] = [:]
  private(set) var focus: Int?
  private var inputBoxes: [ValueID: Int] = [:]

  var graph: Graph { outline.graph }

  /// A scene without anything.
  init(empty outline: Outline, options: DiagramOptions) {
    self.outline = outline
    self.options = options
    frames = [Frame(parent: nil, name: outline.graph.name, count: 1, parameters: 0, level: 0)]
  }

  /// The scene with frames down to `depth`.
  ///
  /// - Throws: ``DiagramError/unknownLayer(_:nearest:)`` for a focus that there isn't.
  init(
    _ outline: Outline, depth: Int, options: DiagramOptions = DiagramOptions()
  ) throws(DiagramError) {
    self.init(empty: outline, options: options)
    if let path = options.focus {
      guard let layer = outline.layer(at: path) else {
        throw .unknownLayer(path, nearest: outline.nearestPath(to: path))
      }
      focus = layer
      add(layer: layer, to: 0, depth: depth, prefix: parentPath(of: layer))
      addBetween()
    } else {
      addInputs()
      fill(frame: 0, with: 0, depth: depth)
    }
    addEdges()
    if focus == nil { addOutputs() }
    addReferences()
    addJunctions()
    markResiduals()
    addSteps()
    if let heat = options.heat { add(heat) }
  }

  // MARK: Boxes

  /// Whether a node is more than a weight's detour, and of a plan more than a view.
  private func needsBox(_ n: Int) -> Bool {
    if outline.isFolded[n] { return false }
    return options.steps.map { $0.nodes[NodeID(n)] != nil } ?? true
  }

  /// Nodes that need a box, in and below a layer.
  private func visibleNodes(below layer: Int) -> [Int] {
    var nodes: [Int] = []
    var open = [layer]
    while let next = open.popLast() {
      nodes += outline.layers[next].nodes.filter(needsBox)
      open += outline.children(of: next)
    }
    return nodes.sorted()
  }

  private mutating func fill(frame: Int, with layer: Int, depth: Int, prefix: String = "") {
    enum Item {
      case node(Int)
      case layer(Int)
    }
    let own = outline.layers[layer].nodes.filter(needsBox)
      .map { (at: $0, item: Item.node($0)) }
    let children = outline.children(of: layer)
      .map { (at: outline.layers[$0].first, item: Item.layer($0)) }
    for (_, item) in (own + children).sorted(by: { $0.at < $1.at }) {
      switch item {
      case .node(let n): add(node: n, to: frame, caption: prefix.isEmpty ? nil : prefix)
      case .layer(let child): add(layer: child, to: frame, depth: depth, prefix: prefix)
      }
    }
  }

  private mutating func add(layer: Int, to frame: Int, depth: Int, prefix: String) {
    let title = [prefix, name(of: layer)].filter { !$0.isEmpty }.joined(separator: ".")
    // Levels that only group others have no frame: what is computed together isn't always named
    // together, and would be pulled apart.
    if outline.layers[layer].component.layer == nil, outline.runs[layer] == nil, outline.hasKinds,
      layer != focus
    {
      return fill(frame: frame, with: layer, depth: depth, prefix: title)
    }
    let nodes = visibleNodes(below: layer)
    guard let first = nodes.first else { return }
    let count = outline.runs[layer]?.count ?? 1
    if nodes.count == 1, count == 1 { return add(node: first, to: frame, caption: title) }
    let kind = outline.layers[layer].component.layer
    let parameters = parameterCount(below: layer)
    if depth <= 0 {
      var box = Box(style: .layer, frame: frame, title: title)
      box.caption = kind
      box.count = count
      box.lines.append(
        "\(nodes.count) ops" + (parameters > 0 ? ", \(Numbers.short(parameters)) parameters" : ""))
      box.tooltip = tooltip(graph.nodes[first].origin)
      box.paths = outline.paths(of: layer)
      for n in outline.nodes(below: layer) { owner[n] = boxes.count }
      boxes.append(box)
      return
    }
    let level = frames[frame].level + 1
    deepest = max(deepest, level)
    frames.append(
      Frame(
        parent: frame, name: title, kind: kind, count: count, parameters: parameters, level: level,
        paths: outline.paths(of: layer)))
    fill(frame: frames.count - 1, with: layer, depth: depth - 1)
  }

  /// The path above a layer, for its heading where it is drawn alone.
  private func parentPath(of layer: Int) -> String {
    LayerPath(Array(outline.layers[layer].path.components.dropLast())).description
  }

  func name(of layer: Int) -> String {
    let component = outline.layers[layer].component
    guard let index = component.index else { return component.name }
    let last = outline.runs[layer].map { run in
      "…\(run.lastIndex)" + (outline.takesTurns(layer) ? ", in turns" : "")
    }
    return "\(component.name)[\(index)\(last ?? "")]"
  }

  mutating func add(node n: Int, to frame: Int, caption: String?) {
    let node = graph.nodes[n]
    let signature = node.op.signature
    let isMovement = signature.category == .movement && !node.operands.isEmpty
    let lines = Weights.lines(of: node, in: outline)
    // Movement of what was only just moved shares its box.
    if isMovement, options.steps == nil, caption == nil, lines.isEmpty,
      let source = node.operands.first,
      let producer = graph.producer(of: source), graph.useCount(of: source) == 1,
      let box = owner[producer.id.index], boxes[box].style == .movement, boxes[box].frame == frame
    {
      boxes[box].title += " · " + node.op.name
      owner[n] = box
      return
    }
    var box = Box(style: isMovement ? .movement : .op, frame: frame, title: node.op.name)
    box.group = Theme.Group(signature.category)
    box.caption = caption
    if let step = options.steps?.nodes[NodeID(n)] {
      box.lines = step.lines
    } else {
      if !isMovement { box.lines = Weights.attributes(of: node.op) }
      box.lines += lines
    }
    box.tooltip = tooltip(of: node)
    owner[n] = boxes.count
    boxes.append(box)
  }

  mutating func addInputs() {
    // Inputs of layers that an equal one stands for stand with its input.
    var companions: [ValueID: [String]] = [:]
    var isHidden: Set<ValueID> = []
    for (n, node) in graph.nodes.enumerated() where outline.drawn(n) != n {
      for (a, b) in zip(graph.nodes[outline.drawn(n)].operands, node.operands) where a != b {
        guard case .input = graph[a].definition, case .input(let name) = graph[b].definition else {
          continue
        }
        companions[a, default: []].append(name)
        isHidden.insert(b)
      }
    }
    for input in graph.inputs where !isHidden.contains(input.id) {
      guard case .input(let name) = input.definition else { continue }
      inputBoxes[input.id] = boxes.count
      let more = companions[input.id].flatMap(\.last)
      var box = Box(style: .input, frame: 0, title: more.map { "\(name) … \($0)" } ?? name)
      box.lines = [Numbers.type(input.type)]
      box.tooltip = tooltip(input.origin)
      boxes.append(box)
    }
  }

  /// The box that `value` comes out of; nil for weights and constants.
  func source(of value: ValueID) -> Int? {
    switch graph[value].definition {
    case .input: inputBoxes[value]
    case .parameter, .constant, .state: nil
    case .result(let node, _): source(of: graph.nodes[outline.drawn(node.index)])
    }
  }

  /// The box of a node; of a plan, what takes no step stands for its operand.
  private func source(of node: Node) -> Int? {
    if let box = owner[node.id.index] { return box }
    guard let steps = options.steps, steps.nodes[node.id] == nil, let operand = node.operands.first
    else { return nil }
    return source(of: operand)
  }

  mutating func addOutputs() {
    var grouped: [(value: ValueID, names: [String])] = []
    var places: [ValueID: Int] = [:]
    for output in graph.outputs {
      let value = outline.drawn(output.value)
      if let place = places[value], graph[value].id != output.value {
        grouped[place].names.append(output.name)
      } else {
        places[value] = grouped.count
        grouped.append((value, [output.name]))
      }
    }
    for (value, names) in grouped {
      let title = names.count == 1 ? names[0] : "\(names[0]) … \(names[names.count - 1])"
      var box = Box(style: .output, frame: 0, title: title)
      box.lines = [Numbers.type(graph.type(of: value))]
      if let source = source(of: value) {
        edges.append(Edge(value: value, from: source, to: boxes.count))
      }
      box.outputs = names
      boxes.append(box)
    }
  }

  private func parameterCount(below layer: Int) -> Int {
    var seen: Set<ValueID> = []
    for n in outline.nodes(below: layer) { seen.formUnion(graph.nodes[n].operands) }
    return Weights.elementCount(of: seen, in: graph)
  }
}
