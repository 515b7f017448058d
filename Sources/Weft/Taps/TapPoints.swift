/// All that can be tapped of one entry.
struct TapPoints: Sendable {
  /// In the order of the model, each address once; of one value's addresses the one that it is listed
  /// by comes first.
  let all: [TapPoint]

  /// The points of a graph as it was declared.
  init(of surviving: SurvivingValues) {
    var collector = Collector(surviving)
    collector.addLabels()
    collector.addWeights()
    collector.addOps()
    all = collector.points.sorted { a, b in
      (a.order, a.kind, a.path.count, a.address) < (b.order, b.kind, b.path.count, b.address)
    }
  }

  /// The points with one address for each value. What only moves elements is left out where nobody
  /// gave it a name.
  var listed: [TapPoint] {
    var seen: Set<TapPoint.Target> = []
    return all.filter { point in
      if point.kind == .op, point.isMovement { return false }
      return seen.insert(point.target).inserted
    }
  }

  /// Other addresses of what `point` is.
  func aliases(of point: TapPoint) -> [String] {
    all.filter { $0.target == point.target && $0.kind != .op && $0.address != point.address }
      .map(\.address)
  }
}

/// Collects points, none under an address that another has.
private struct Collector {
  let surviving: SurvivingValues
  var points: [TapPoint] = []
  private var addresses: Set<String> = []

  init(_ surviving: SurvivingValues) { self.surviving = surviving }

  private var source: Graph { surviving.source }

  private mutating func add(
    _ path: String, _ name: String?, _ target: TapPoint.Target, _ type: TensorType,
    _ location: SourceLocation?, _ kind: TapPoint.Kind, order: Int, isRecomputed: Bool = true,
    heads: Int? = nil, isMovement: Bool = false
  ) {
    guard addresses.insert(TapPoint.address(path, name)).inserted else { return }
    points.append(
      TapPoint(
        path: path, name: name, type: type, line: location?.lineText, isRecomputed: isRecomputed,
        heads: heads, target: target, kind: kind, isMovement: isMovement, order: order))
  }

  private mutating func add(
    _ value: ValueID, _ path: String, _ name: String?, _ location: SourceLocation?,
    _ kind: TapPoint.Kind
  ) {
    let op = source.producer(of: value).map { $0.op.signature }
    add(
      path, name, .value(value), source.type(of: value), location, kind, order: 2 * value.index,
      isRecomputed: surviving.survivor(of: value) == nil, isMovement: op?.category == .movement)
  }

  /// What the source gives names, and results of layers. Of several values under one name the last has
  /// it, and the others are numbered.
  mutating func addLabels() {
    let labels = source.labels.filter { label in
      switch source[label.value].definition {
      case .input: true
      // What stands in a state is its owner's.
      case .result: source.state(of: label.value) == nil
      case .parameter, .constant, .state: false
      }
    }
    var groups: [String: [Label]] = [:]
    for label in labels {
      var group = groups[label.address] ?? []
      if group.last?.value != label.value { group.append(label) }
      groups[label.address] = group
    }
    for group in groups.values {
      for (i, label) in group.enumerated() {
        let number = i == group.count - 1 ? "" : ".\(i + 1)"
        let name = label.fullName.map { $0 + number } ?? (number.isEmpty ? nil : "\(i + 1)")
        let kind: TapPoint.Kind =
          label.fullName == nil ? .layer : label.within.isEmpty ? .name : .inside
        add(label.value, label.path.description, name, label.location, kind)
      }
    }
  }

  /// What the attentions of the compiled graph never have in memory.
  mutating func addWeights() {
    let originals = surviving.originals
    var counts: [String: Int] = [:]
    for node in surviving.compiled.nodes {
      guard let attention = node.op as? Attention else { continue }
      let path = node.origin.path.description
      counts[path, default: 0] += 1
      let number = counts[path] == 1 ? "" : ".\(counts[path] ?? 1)"
      // After the last of its operands, where its own result has no original.
      let operand = node.operands.compactMap { originals[$0]?.index }.max() ?? 0
      let order = originals[node.results[0]].map { 2 * $0.index - 1 } ?? 2 * operand + 1
      for scores in [true, false] {
        let op = AttentionWeights(of: attention, scores: scores)
        let operands = op.operands(of: node).map { surviving.compiled.type(of: $0) }
        guard let type = try? op.resultTypes(operands)[0] else { continue }
        add(
          path, (scores ? "scores" : "probabilities") + number, .weights(node.id, scores: scores),
          type, node.origin.location, .weights, order: order, heads: attention.heads)
      }
    }
  }

  /// Results that have no other name, by their op's.
  mutating func addOps() {
    var counts: [String: Int] = [:]
    var found: [(value: ValueID, path: String, name: String, location: SourceLocation?)] = []
    // A state is its owner's, before and after a change.
    for node in source.nodes where !(node.op is any Updating) {
      for result in node.results {
        let path = node.origin.path.description
        counts[path + ":" + node.op.name, default: 0] += 1
        found.append((result, path, node.op.name, node.origin.location))
      }
    }
    var seen: [String: Int] = [:]
    for (value, path, name, location) in found {
      let key = path + ":" + name
      seen[key, default: 0] += 1
      let number = seen[key] == counts[key] ? "" : ".\(seen[key] ?? 0)"
      add(value, path, name + number, location, .op)
    }
  }
}

extension Label {
  /// The name with the layers that it stands in; nil for the result of the layer at ``path``.
  fileprivate var fullName: String? {
    let parts = within + (name.map { [$0] } ?? [])
    return parts.isEmpty ? nil : parts.joined(separator: ".")
  }

  fileprivate var address: String { TapPoint.address(path.description, fullName) }
}

extension AttentionWeights {
  /// The operands of `node`, which is an attention, without its values.
  func operands(of node: Node) -> [ValueID] {
    Array(node.operands[..<2]) + Array(node.operands[3...])
  }
}
