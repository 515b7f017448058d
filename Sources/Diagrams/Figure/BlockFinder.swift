import IR

/// Joins ops to the blocks that a paper draws: attention, feed-forward net, norm, residual sum.
///
/// A residual sum and a norm with weights are blocks by themselves. What lies between them, connected
/// and in one layer of a stack, is one block. No op is known by its name.
struct BlockFinder {
  /// What an op is in a block.
  enum Role { case inner, norm, sum }

  let outline: Outline
  /// Nodes that are drawn, in order.
  let nodes: [Int]
  /// The layer of a stack that a node stands in, 0 where it stands in none.
  private(set) var stack: [Int: Int] = [:]
  private(set) var roles: [Int: Role] = [:]
  private(set) var producers: [Int: [Int]] = [:]
  private(set) var users: [Int: [Int]] = [:]
  private var parent: [Int: Int] = [:]
  private var members: [Int: [Int]] = [:]

  private var graph: Graph { outline.graph }

  init(_ outline: Outline) {
    self.outline = outline
    nodes = outline.graph.nodes.indices.filter {
      outline.drawn($0) == $0 && !outline.isFolded[$0]
    }
    let drawn = Set(nodes)
    for n in nodes {
      for operand in outline.graph.nodes[n].operands {
        guard let node = outline.graph.producer(of: operand) else { continue }
        let producer = outline.drawn(node.id.index)
        guard drawn.contains(producer), producers[n]?.contains(producer) != true else { continue }
        producers[n, default: []].append(producer)
        users[producer, default: []].append(n)
      }
      parent[n] = n
      members[n] = [n]
    }
    findStacks()
    for n in nodes { roles[n] = role(of: n) }
    join()
  }

  /// The blocks, each with its nodes in order, by their first node.
  var blocks: [[Int]] {
    nodes.filter { parent[$0] == $0 }.compactMap { members[$0]?.sorted() }
      .sorted { $0[0] < $1[0] }
  }

  private mutating func findStacks() {
    for layer in outline.layers.indices {
      guard !outline.layers[layer].nodes.isEmpty else { continue }
      var outermost = 0
      var at: Int? = layer
      while let next = at {
        if outline.layers[next].component.index != nil { outermost = next }
        at = outline.layers[next].parent
      }
      for n in outline.layers[layer].nodes { stack[n] = outermost }
    }
  }

  // MARK: Roles

  func category(_ n: Int) -> OpCategory { graph.nodes[n].op.signature.category }

  /// Whether an operand is a weight, as it is or moved about.
  func isWeight(_ value: ValueID) -> Bool {
    switch graph[value].definition {
    case .parameter: true
    case .constant, .input, .state: false
    case .result(let node, _):
      outline.isFolded[node.index] && graph[node].operands.contains { isWeight($0) }
    }
  }

  /// Whether the node takes a weight.
  func takesWeight(_ n: Int) -> Bool { graph.nodes[n].operands.contains { isWeight($0) } }

  private func role(of n: Int) -> Role {
    switch category(n) {
    case .normalization where takesWeight(n): .norm
    case .elementwise where isResidualSum(n): .sum
    default: .inner
    }
  }

  /// Whether one operand is computed from another by something with a product in it.
  private func isResidualSum(_ n: Int) -> Bool {
    let node = graph.nodes[n]
    let type = graph.type(of: node.results[0])
    let operands = node.operands.filter { graph.type(of: $0) == type && !isWeight($0) }
    guard operands.count > 1 else { return false }
    let sources = operands.map { outline.drawn($0) }
    return sources.contains { short in
      sources.contains { $0 != short && isComputed($0, from: short) }
    }
  }

  private func isComputed(_ value: ValueID, from source: ValueID) -> Bool {
    guard let start = graph.producer(of: value)?.id.index else { return false }
    var seen: Set<[Int]> = []
    // Nodes on a way back, each with whether a product lies on it.
    var open = [(node: outline.drawn(start), product: false)]
    while let (n, before) = open.popLast() {
      let product = before || category(n) == .matrixProduct || category(n) == .attention
      guard seen.insert([n, product ? 1 : 0]).inserted, seen.count < 600 else { continue }
      if product, graph.nodes[n].operands.contains(where: { outline.drawn($0) == source }) {
        return true
      }
      open += (producers[n] ?? []).map { ($0, product) }
    }
    return false
  }

  // MARK: Joining

  private func root(_ n: Int) -> Int {
    var n = n
    while let next = parent[n], next != n { n = next }
    return n
  }

  private mutating func join() {
    for n in nodes where roles[n] == .inner {
      for producer in producers[n] ?? [] where roles[producer] == .inner {
        let (a, b) = (root(producer), root(n))
        if a != b, stack[producer] == stack[n], isConvex(a, b) { unite(a, b) }
      }
    }
    // A sum that only a norm reads is one block with it.
    for n in nodes where roles[n] == .norm {
      guard let sum = producers[n]?.first, producers[n]?.count == 1, roles[sum] == .sum,
        users[sum] == [n], stack[sum] == stack[n],
        !graph.nodes[sum].results.contains(where: graph.isOutput)
      else { continue }
      unite(root(sum), root(n))
    }
  }

  private mutating func unite(_ a: Int, _ b: Int) {
    let (first, second) = (min(a, b), max(a, b))
    parent[second] = first
    members[first, default: []] += members[second] ?? []
    members[second] = nil
  }

  /// Whether no way leads from one block through others into the other.
  private func isConvex(_ a: Int, _ b: Int) -> Bool {
    let last = members[b]?.max() ?? b
    var seen: Set<Int> = []
    var open: [Int] = []
    for n in members[a] ?? [] {
      open += (users[n] ?? []).filter { root($0) != a && root($0) != b }
    }
    while let n = open.popLast() {
      guard n <= last, seen.insert(n).inserted else { continue }
      for user in users[n] ?? [] {
        if root(user) == b { return false }
        open.append(user)
      }
    }
    return true
  }
}
