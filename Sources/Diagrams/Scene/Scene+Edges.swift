import IR

/// Arrows, and what keeps them readable.
extension Scene {
  /// An arrow for each value between two boxes.
  mutating func addEdges() {
    struct Key: Hashable {
      var value: ValueID
      var from: Int
      var to: Int
    }
    var seen: Set<Key> = []
    for (n, node) in graph.nodes.enumerated() where outline.drawn(n) == n {
      let inside = owner[n]
      guard inside != nil || focus != nil, !outline.isFolded[n] else { continue }
      for operand in node.operands {
        let value = outline.drawn(operand)
        let near = source(of: operand)
        // Of a layer that is drawn alone, arrows to neighbours, and none between them.
        guard inside != nil || near != nil, let from = near ?? farSource(of: operand),
          let to = inside ?? stub(for: n), from != to,
          seen.insert(Key(value: value, from: from, to: to)).inserted
        else { continue }
        edges.append(Edge(value: value, from: from, to: to))
      }
    }
  }

  /// The box outside a layer that is drawn alone that `value` comes from.
  private mutating func farSource(of value: ValueID) -> Int? {
    switch graph[value].definition {
    case .input(let name): return stub(for: value, named: name)
    case .parameter, .constant, .state: return nil
    case .result(let node, _):
      let drawn = outline.drawn(node.index)
      return outline.isFolded[drawn] ? nil : stub(for: node.index)
    }
  }

  /// The frames around a box, outermost first.
  func ancestors(_ box: Int) -> [Int] {
    var frames: [Int] = []
    var at: Int? = boxes[box].frame
    while let frame = at {
      frames.append(frame)
      at = self.frames[frame].parent
    }
    return frames.reversed()
  }

  /// The innermost frame that holds both ends of an edge.
  func commonFrame(_ edge: Edge) -> Int {
    zip(ancestors(edge.from), ancestors(edge.to)).reversed().first { $0 == $1 }?.0 ?? 0
  }

  /// Gives a value that many layers use a small box of its own in each: arrows from one box to all
  /// of them would cross the whole picture, and take dot minutes.
  mutating func addReferences() {
    guard options.repeatsSharedValues else { return }
    let most = 4
    let byValue = Dictionary(grouping: edges.indices) { edges[$0].value }
    for (value, indices) in byValue.sorted(by: { $0.key < $1.key }) where indices.count > most {
      let paths = indices.map { ancestors(boxes[edges[$0].to].style == .output ? 0 : edges[$0].to) }
      let source = ancestors(edges[indices[0]].from)
      // The frame that holds the source and all users, and its parts that users stand in.
      var shared = 0
      while let next = source.dropFirst(shared).first,
        paths.allSatisfy({ $0.count > shared && $0[shared] == next })
      { shared += 1 }
      // A closed layer is a part of its own, as an open one is.
      func part(_ i: Int, _ path: [Int]) -> Int {
        if path.count > shared { return path[shared] }
        return [.layer, .block].contains(boxes[edges[i].to].style) ? -2 - edges[i].to : -1
      }
      let branches = Set(zip(indices, paths).map { part($0, $1) })
      guard branches.count > most else { continue }
      var pills: [Int: Int] = [:]
      for (i, path) in zip(indices, paths) {
        let frame = boxes[edges[i].to].frame
        let branch = part(i, path)
        guard frame != boxes[edges[i].from].frame || branch < -1 else { continue }
        let key = branch < -1 ? branch : frame
        let pill = pills[key] ?? boxes.count
        if pill == boxes.count {
          pills[key] = pill
          var box = Box(style: .reference, frame: frame, title: title(of: value))
          box.tooltip = boxes[edges[i].from].tooltip
          boxes.append(box)
        }
        edges[i].from = pill
      }
    }
  }

  private func title(of value: ValueID) -> String {
    graph[value].name ?? graph.producer(of: value)?.op.name ?? value.description
  }

  /// Lets a value that several boxes of a frame take enter the frame once.
  mutating func addJunctions() {
    let paths = boxes.indices.map(ancestors)
    for frame in frames.indices.dropFirst() {
      func isInside(_ box: Int) -> Bool {
        box < paths.count ? paths[box].contains(frame) : boxes[box].frame == frame
      }
      let entering = edges.indices.filter {
        isInside(edges[$0].to) && !isInside(edges[$0].from)
          && boxes[edges[$0].to].style != .junction
      }
      let byValue = Dictionary(grouping: entering) { edges[$0].value }
      for (value, indices) in byValue.sorted(by: { $0.key < $1.key }) where indices.count > 1 {
        var box = Box(style: .junction, frame: frame, title: "")
        box.tooltip = title(of: value)
        boxes.append(box)
        edges.append(Edge(value: value, from: edges[indices[0]].from, to: boxes.count - 1))
        for i in indices { edges[i].from = boxes.count - 1 }
      }
    }
  }

  /// Marks edges into a box that another operand of it also reaches on a longer way.
  mutating func markResiduals() {
    let incoming = Dictionary(grouping: edges.indices) { edges[$0].to }
    for (to, indices) in incoming where indices.count > 1 {
      guard boxes[to].style == .op,
        [.elementwise, .normalization, .matrixProduct].contains(boxes[to].group)
      else { continue }
      for i in indices {
        let type = graph.type(of: edges[i].value)
        let isWhole = edges.contains { $0.from == to && graph.type(of: $0.value) == type }
        let others = indices.filter { $0 != i && edges[$0].from != edges[i].from }
        edges[i].isResidual =
          isWhole && others.contains { reaches(edges[i].from, edges[$0].from, incoming) }
      }
    }
  }

  /// Whether there is a way from one box to another, within what lies near.
  private func reaches(_ from: Int, _ to: Int, _ incoming: [Int: [Int]]) -> Bool {
    var seen: Set<Int> = [to]
    var open = [to]
    while let box = open.popLast(), seen.count < 400 {
      for i in incoming[box] ?? [] {
        if edges[i].from == from { return true }
        if seen.insert(edges[i].from).inserted { open.append(edges[i].from) }
      }
    }
    return false
  }
}
