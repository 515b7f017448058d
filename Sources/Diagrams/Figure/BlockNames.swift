import IR
import Tensors

/// What a block is called, told by the kinds of its ops.
struct BlockNames {
  let finder: BlockFinder
  private var graph: Graph { finder.outline.graph }

  /// A block's words and colour.
  struct Name {
    var title: String
    var lines: [String] = []
    var group: Theme.Group
  }

  func name(of block: [Int]) -> Name {
    let products = block.filter { finder.category($0) == .matrixProduct }
    let weighted = products.filter(finder.takesWeight)
    if block.contains(where: { finder.roles[$0] == .sum }) {
      let isNormed = block.contains { finder.roles[$0] == .norm }
      return Name(
        title: isNormed ? "Add & Norm" : "+", group: isNormed ? .normalization : .elementwise)
    }
    if block.contains(where: { finder.roles[$0] == .norm }) {
      return Name(title: "Norm", group: .normalization)
    }
    if let attention = attention(block, products) { return attention }
    if block.contains(where: isTable) { return embedding(block) }
    if weighted.count > 1 {
      return Name(
        title: isGated(block) ? "Gated Feed Forward" : "Feed Forward",
        lines: [widths(weighted) + names(block, .activation)], group: .matrixProduct)
    }
    if let product = weighted.first {
      let isPlain = graph.type(of: graph.nodes[product].operands[0]).shape.dims.count < 4
      return Name(
        title: isPlain ? "Linear" : words(graph.nodes[product].op.name),
        lines: [widths([product]) + names(block, .activation)], group: .matrixProduct)
    }
    return other(block)
  }

  // MARK: Kinds

  private func attention(_ block: [Int], _ products: [Int]) -> Name? {
    let whole = block.first { finder.category($0) == .attention }
    let scores = products.first { !finder.takesWeight($0) }
    let isWritten =
      scores != nil && products.filter { !finder.takesWeight($0) }.count > 1
      && block.contains { finder.category($0) == .normalization }
    guard whole != nil || isWritten else { return nil }
    let attributes = whole.map { graph.nodes[$0].op.attributes }
    let isMasked =
      (try? attributes?.bool("causal")) == true
      || isWritten && block.contains { finder.category($0) == .position && isSource($0) }
    var facts: [String] = []
    if let heads = heads(attributes, scores) { facts.append(heads) }
    if block.contains(where: { finder.category($0) == .position && !isSource($0) }) {
      facts.append("rotary positions")
    }
    return Name(
      title: (isMasked ? "Masked\n" : "") + "Multi-Head Attention",
      lines: facts.isEmpty ? [] : [facts.joined(separator: " · ")], group: .attention)
  }

  private func heads(_ attributes: Attributes?, _ scores: Int?) -> String? {
    if let attributes, let heads = try? attributes.int("heads") {
      let shared = (try? attributes.int("kv_heads")) ?? 0
      return shared == heads || shared == 0
        ? "\(heads) heads" : "\(heads) heads, \(shared) for keys"
    }
    guard let scores else { return nil }
    let dims = graph.type(of: graph.nodes[scores].results[0]).shape.dims
    return dims.count == 4 ? dims[1].value.map { "\($0) heads" } : nil
  }

  /// Rows of a table that is a weight.
  private func isTable(_ n: Int) -> Bool {
    finder.category(n) == .embedding && finder.takesWeight(n)
  }

  private func embedding(_ block: [Int]) -> Name {
    let isOfInputs = block.contains { n in
      isTable(n) && !block.contains { finder.category($0) == .position && leads($0, to: n) }
    }
    guard isOfInputs else { return other(block, group: .embedding) }
    var parts: [String] = []
    for n in block {
      for operand in graph.nodes[n].operands where finder.isWeight(operand) {
        let layer = graph.nodes[n].origin.path.components.last?.text
        parts += weightNames(operand).filter { $0 != layer }
      }
      if finder.category(n) == .position {
        parts.append(words(graph.nodes[n].op.name).lowercased())
      }
    }
    return Name(
      title: "Embedding",
      lines: parts.contains { $0.contains(" ") } || parts.count > 1 ? wrapped(parts) : [],
      group: .embedding)
  }

  private func other(_ block: [Int], group: Theme.Group? = nil) -> Name {
    let working = block.filter { finder.category($0) != .movement }
    var names: [String] = []
    for n in working where names.last != graph.nodes[n].op.name {
      names.append(graph.nodes[n].op.name)
    }
    let kinds = Set(working.map { Theme.Group(finder.category($0)) })
    let own = group ?? (kinds.count == 1 ? kinds.first : nil) ?? .elementwise
    let path = Origin.merging(block.map { graph.nodes[$0].origin }).path
    if let kind = path.components.last?.layer, !path.components.isEmpty {
      return Name(title: words(kind), group: own)
    }
    if working.contains(where: { finder.category($0) == .reduction }) {
      return Name(title: "Pooling", lines: wrapped(names), group: .reduction)
    }
    if names.count < 2 {
      return Name(title: words(names.first ?? graph.nodes[block[0]].op.name), group: own)
    }
    return Name(title: "Elementwise", lines: wrapped(names), group: own)
  }

  // MARK: Words

  private func isSource(_ n: Int) -> Bool { finder.producers[n]?.isEmpty ?? true }

  private func leads(_ n: Int, to end: Int) -> Bool {
    var open = [end]
    while let next = open.popLast() {
      if next == n { return true }
      open += (finder.producers[next] ?? []).filter { $0 >= n }
    }
    return false
  }

  /// Whether two products of one input are multiplied.
  private func isGated(_ block: [Int]) -> Bool {
    block.contains { n in
      finder.category(n) == .elementwise
        && (finder.producers[n] ?? []).filter { block.contains($0) }.count > 1
    }
  }

  /// `384 → 1536 → 384`, from the first product's operand to the last one's result.
  private func widths(_ products: [Int]) -> String {
    var widths: [String] = []
    for n in products {
      let node = graph.nodes[n]
      guard let operand = node.operands.first(where: { !finder.isWeight($0) }) else { continue }
      let ends = [graph.type(of: operand), graph.type(of: node.results[0])]
        .map {
          ($0.shape.dims.count < 4 ? $0.shape.dims.last : $0.shape.dims[1])?.description ?? ""
        }
      if widths.isEmpty { widths.append(ends[0]) }
      if widths.last != ends[1] { widths.append(ends[1]) }
    }
    return widths.joined(separator: " → ")
  }

  private func names(_ block: [Int], _ category: OpCategory) -> String {
    let names = block.filter { finder.category($0) == category }.map { graph.nodes[$0].op.name }
    return Set(names).sorted().map { " · " + $0 }.joined()
  }

  /// The names of the weights behind a value, without `weight` and the layers around them.
  private func weightNames(_ value: ValueID) -> [String] {
    switch graph[value].definition {
    case .parameter(let parameter):
      let parts = parameter.name.split(separator: ".").filter { $0 != "weight" }
      return [parts.last.map(String.init) ?? parameter.name]
    case .result(let node, _): return graph[node].operands.flatMap(weightNames)
    case .input, .constant, .state: return []
    }
  }

  /// At most three lines of names.
  private func wrapped(_ names: [String]) -> [String] {
    var lines: [String] = []
    for name in names {
      if let last = lines.last, last.count + name.count < 26 {
        lines[lines.count - 1] = last + " · " + name
      } else {
        lines.append(name)
      }
    }
    return lines.count > 3 ? Array(lines.prefix(2)) + ["…"] : lines
  }

  /// `relative_position_bias` or `RelativePositionBias` as `Relative Position Bias`.
  private func words(_ name: String) -> String {
    var words: [String] = [""]
    var wasLower = false
    for character in name {
      if character == "_" {
        words.append("")
        wasLower = false
        continue
      }
      if character.isUppercase, wasLower { words.append("") }
      words[words.count - 1].append(character)
      wasLower = character.isLowercase
    }
    return words.filter { !$0.isEmpty }.map { $0.prefix(1).uppercased() + $0.dropFirst() }
      .joined(separator: " ")
  }
}
