import IR

/// The page that a paper prints: blocks in stacks.
extension Scene {
  /// The scene of `outline` as blocks, with a frame around each layer of a stack.
  init(figureOf outline: Outline, options: DiagramOptions) {
    self.init(empty: outline, options: options)
    addInputs()
    let finder = BlockFinder(outline)
    let names = BlockNames(finder: finder)
    var frame: [Int: Int] = [0: 0]
    let sizes = Dictionary(grouping: finder.blocks) { finder.stack[$0[0]] ?? 0 }
    for block in finder.blocks {
      var stack = finder.stack[block[0]] ?? 0
      // One block alone needs no frame.
      if outline.runs[stack] == nil, sizes[stack]?.count == 1 { stack = 0 }
      if frame[stack] == nil {
        frame[stack] = frames.count
        frames.append(stackFrame(stack))
        deepest = 1
      }
      if let input = preparedInput(of: block, finder) {
        for n in block { owner[n] = input }
        continue
      }
      let name = names.name(of: block)
      var box = Box(
        style: name.title == "+" ? .sum : .block, frame: frame[stack] ?? 0, title: name.title)
      box.group = name.group
      box.lines = name.lines
      box.tooltip = tooltip(ofBlock: block)
      for n in block { owner[n] = boxes.count }
      boxes.append(box)
    }
    addEdges()
    addOutputs()
    joinEdges()
    for i in boxes.indices where [.input, .output].contains(boxes[i].style) { boxes[i].lines = [] }
    addReferences()
    if let heat = options.heat { add(heat) }
  }

  private func stackFrame(_ layer: Int) -> Frame {
    let path = outline.paths(of: layer)
    let count = outline.runs[layer]?.count ?? 1
    // The heading has no room for both.
    let kind = outline.takesTurns(layer) ? "in turns" : outline.layers[layer].component.layer
    return Frame(
      parent: 0, name: name(of: layer), kind: kind, count: count,
      parameters: 0, level: 1, paths: path)
  }

  /// The input that a block only prepares, such as a mask: it is drawn as the input itself.
  private func preparedInput(of block: [Int], _ finder: BlockFinder) -> Int? {
    let isLight = block.allSatisfy { n in
      [.elementwise, .movement, .reduction].contains(finder.category(n)) && !finder.takesWeight(n)
        && (finder.producers[n] ?? []).allSatisfy(block.contains)
        && !graph.nodes[n].results.contains(where: graph.isOutput)
    }
    guard isLight else { return nil }
    let sources = Set(
      block.flatMap { graph.nodes[$0].operands }.compactMap { operand -> Int? in
        if case .input = graph[operand].definition { source(of: operand) } else { nil }
      })
    return sources.count == 1 ? sources.first : nil
  }

  private func tooltip(ofBlock block: [Int]) -> String {
    let shown = block.filter { graph.nodes[$0].op.signature.category != .movement }
    let names = (shown.isEmpty ? block : shown).map { graph.nodes[$0].op.name }
    let origin = Origin.merging(block.map { graph.nodes[$0].origin })
    let parameters = Weights.elementCount(
      of: Set(block.flatMap { graph.nodes[$0].operands.flatMap(leaves) }), in: graph)
    return [
      names.prefix(12).joined(separator: " · ") + (names.count > 12 ? " …" : ""),
      parameters > 0 ? "\(Numbers.grouped(parameters)) parameters" : "", tooltip(origin),
    ].filter { !$0.isEmpty }.joined(separator: "\n")
  }

  /// The weights that a value is moved from.
  private func leaves(_ value: ValueID) -> [ValueID] {
    guard case .result(let node, _) = graph[value].definition, outline.isFolded[node.index] else {
      return [value]
    }
    return graph[node].operands.flatMap(leaves)
  }

  /// One arrow between two boxes, however many values go that way; sums say which skip.
  private mutating func joinEdges() {
    var seen: Set<[Int]> = []
    edges = edges.filter { seen.insert([$0.from, $0.to]).inserted }
    for i in edges.indices where boxes[edges[i].to].isSum {
      let others = edges.filter { $0.to == edges[i].to && $0.from != edges[i].from }
      edges[i].isResidual = others.contains { reaches(edges[i].from, $0.from) }
    }
  }

  private func reaches(_ from: Int, _ to: Int) -> Bool {
    var seen: Set<Int> = [to]
    var open = [to]
    while let box = open.popLast() {
      for edge in edges where edge.to == box {
        if edge.from == from { return true }
        if seen.insert(edge.from).inserted { open.append(edge.from) }
      }
    }
    return false
  }
}

extension Scene.Box {
  /// Whether it adds what a sub-layer made to what went into it.
  var isSum: Bool { style == .sum || style == .block && title == "Add & Norm" }
}
