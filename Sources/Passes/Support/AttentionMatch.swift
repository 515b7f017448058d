import IR
import Operators
import Tensors

/// The parts of a written-out attention, found step by step from its last product.
struct AttentionMatch {
  let graph: Graph
  /// softmax(scores) · values
  let mixing: Node
  let softmax: Node
  /// queries · keysᵀ
  private(set) var scoring: Node
  /// All nodes that the attention stands for.
  private var nodes: [Node]
  private var scale = 1.0
  private var masks = AttentionMasks()
  private var biases: [ValueID] = []

  /// The attention that ends with `mixing`, a product of `softmax`'s result.
  init(_ graph: Graph, softmax: Node, mixing: Node) throws {
    self.graph = graph
    self.softmax = softmax
    self.mixing = mixing
    scoring = softmax
    nodes = [softmax, mixing]
    try findScores()
  }

  /// Extents of the scores: [queries, keys] after up to two axes.
  private var dims: [Dim] { graph.type(of: scoring.results[0]).shape.dims }

  private var rank: Int { dims.count }

  /// Walks from the softmax back to the product of queries and keys, collecting what stands
  /// between.
  private mutating func findScores() throws {
    var value = softmax.operands[0]
    while let node = graph.producer(of: value) {
      nodes.append(node)
      if node.op is MatMul {
        scoring = node
        guard (2...4).contains(rank) else {
          throw AttentionMiss(
            "the scores have rank \(rank), not 2, 3 or 4", .rank, at: node,
            hint:
              "queries are [batch, heads, tokens, size], [batch, tokens, size] or [tokens, size]")
        }
        guard graph.type(of: softmax.operands[0]) == graph.type(of: node.results[0]) else {
          throw AttentionMiss(
            "the scores are stretched", .sameShape, at: softmax,
            hint: "what is added to the scores, or hides some, mustn't have more rows than they")
        }
        return
      }
      guard graph.hasSoleUse(value) else {
        throw AttentionMiss(
          "the scores \(graph.label(value)) are used elsewhere, too",
          graph.sharing(of: value, besides: nodes, hint: AttentionMiss.neverInMemory))
      }
      value = try collect(node)
    }
    throw AttentionMiss(
      "the softmax isn't over a product of queries and keys", .adjacent, at: softmax, hint: nil)
  }

  /// Takes one node between product and softmax; gives the value before it.
  private mutating func collect(_ node: Node) throws -> ValueID {
    switch node.op {
    case is Div:
      guard let divisor = graph.scalar(node.operands[1]), divisor != 0 else {
        throw AttentionMiss(
          "the scores are divided by more than a number", .number, at: node,
          value: graph.label(node.operands[1]), hint: AttentionMiss.scaleByNumber)
      }
      scale /= divisor
      return node.operands[0]
    case is Mul:
      guard let at = node.operands.firstIndex(where: { graph.scalar($0) != nil }),
        let factor = graph.scalar(node.operands[at]), factor != 0
      else {
        throw AttentionMiss(
          "the scores are multiplied by more than a number", .number, at: node,
          value: graph.label(node.operands[1]), hint: AttentionMiss.scaleByNumber)
      }
      scale *= factor
      return node.operands[1 - at]
    case is Add: return try collectTerm(node)
    case is Where: return try collectMask(node)
    default:
      throw AttentionMiss(
        "\(node.op.name) stands between the scores and the softmax", .adjacent, at: node,
        value: node.results.first.map { graph.label($0) },
        hint: "only a number as factor, a mask by where, and terms that are added may stand there; "
          + "without '\(node.op.name)'\(graph.line(of: node)) it is an attention")
    }
  }

  private mutating func collectTerm(_ node: Node) throws -> ValueID {
    let shape = graph.type(of: node.results[0]).shape
    let scores = node.operands.firstIndex {
      graph.type(of: $0).shape == shape && leadsToProduct($0)
    }
    guard let scores else {
      throw AttentionMiss(
        "the softmax isn't over a product of queries and keys", .adjacent, at: node, hint: nil)
    }
    let term = node.operands[1 - scores]
    if scale > 0, masks.take(term: term, scores: shape.dims, in: graph) {
      return node.operands[scores]
    }
    guard scale == 1 else {
      throw AttentionMiss(
        "the scores are scaled after a term is added", .operandOrder, at: node,
        value: graph.label(term),
        hint: "scale the scores before the term is added\(graph.line(of: node))")
    }
    biases.append(term)
    return node.operands[scores]
  }

  private mutating func collectMask(_ node: Node) throws -> ValueID {
    guard scale > 0 else {
      throw AttentionMiss(
        "the scores are multiplied by a negative number", .number, at: node,
        hint: "negate the queries instead")
    }
    let (condition, shown, hidden) = (node.operands[0], node.operands[1], node.operands[2])
    let dims = graph.type(of: node.results[0]).shape.dims
    if let number = graph.scalar(hidden), number <= AttentionMasks.hidden {
      masks.take(condition, inverted: false, scores: dims, in: graph)
      return shown
    }
    if let number = graph.scalar(shown), number <= AttentionMasks.hidden {
      masks.take(condition, inverted: true, scores: dims, in: graph)
      return hidden
    }
    throw AttentionMiss(
      "what the mask hides isn't a number of \(AttentionMasks.hidden) or less", .number, at: node,
      value: graph.label(hidden), hint: "write where(mask, scores, -1e9)\(graph.line(of: node))")
  }

  /// Whether `value` comes from a product through scaling, terms and masks.
  private func leadsToProduct(_ value: ValueID) -> Bool {
    var open = [value]
    var seen: Set<ValueID> = []
    while let next = open.popLast() {
      guard seen.insert(next).inserted, let node = graph.producer(of: next) else { continue }
      switch node.op {
      case is MatMul: return true
      case is Mul, is Div, is Add, is Where: open += node.operands
      default: break
      }
    }
    return false
  }

  /// The rewrite: `attention` on rows, with the axes moved as the products had them. Where the
  /// graph itself had cut rows into heads, the two movements cancel.
  func patch() throws -> (patch: Patch, heads: Int) {
    guard let product = scoring.op as? MatMul, let mixed = mixing.op as? MatMul else {
      throw AttentionMiss(
        "the softmax isn't over a product of queries and keys", .adjacent, at: softmax, hint: nil)
    }
    let heads = rank == 4 ? dims[1].value ?? 0 : 1
    guard heads > 0 else {
      throw AttentionMiss(
        "the number of heads isn't known", .number, at: scoring, value: "\(dims[1])",
        hint: "let '\(dims[1])' be a config, not a dimension of an input")
    }
    var patch = Patch(rewriting: nodes.sorted { $0.id < $1.id })
    let (keys, values) = (scoring.operands[1], mixing.operands[1])
    let keyHeads = try keyHeads(heads, keys, values)
    var operands = [
      try rows(of: scoring.operands[0], swapped: product.transposesA, &patch),
      try rows(of: keys, swapped: !product.transposesB, &patch),
      try rows(of: values, swapped: mixed.transposesB, &patch),
    ]
    let batch: Dim = rank == 2 ? 1 : dims[0]
    let shape = [batch, dims[rank - 2], dims[rank - 1]]
    let mask = try masks.operand(rank: rank, to: shape, in: graph, &patch)
    if let mask { operands.append(mask) }
    let bias = try bias(keys: shape[2], &patch)
    if let bias { operands.append(bias) }
    let op = Attention(
      heads: heads, kvHeads: keyHeads == heads ? 0 : keyHeads, mask: mask != nil,
      bias: bias != nil, causal: masks.isCausal, scale: scale)
    let mixedRows = try patch.add(op, operands, in: graph)[0]
    patch.replace(mixing.results[0], with: try split(mixedRows, &patch))
    return (patch, heads)
  }

  /// Heads of keys and values: as many as the queries have, or one that all share.
  private func keyHeads(_ heads: Int, _ keys: ValueID, _ values: ValueID) throws -> Int {
    let (k, v) = (graph.type(of: keys).shape.dims, graph.type(of: values).shape.dims)
    guard k.count == rank, v.count == rank,
      graph.type(of: scoring.operands[0]).rank == rank
    else {
      throw AttentionMiss(
        "queries, keys and values have different ranks", .rank, at: scoring,
        hint: "give queries, keys and values the axes [batch, heads, tokens, size]")
    }
    let leading = dims.prefix(max(rank - 2, 0))
    guard leading.isEmpty || (k[0] == leading[0] && v[0] == leading[0]) else {
      throw AttentionMiss(
        "queries, keys and values have different batches", .sameShape, at: scoring,
        hint: "broadcast keys and values to the batch of the queries")
    }
    guard rank == 4 else { return 1 }
    guard k[1] == v[1], k[1] == leading[1] || k[1] == 1 else {
      throw AttentionMiss(
        "keys have \(k[1]) heads, values \(v[1]), queries \(heads)", .sameShape, at: scoring,
        hint: "keys and values have as many heads as the queries, or one that all share")
    }
    return k[1].value ?? heads
  }

  /// `value` as [batch, tokens, heads · size]; `swapped` where size comes before tokens.
  private func rows(
    of value: ValueID, swapped: Bool, _ patch: inout Patch
  ) throws -> Patch.Operand {
    var result = Patch.Operand.existing(value)
    if rank == 4 {
      result = try patch.add(
        Transpose(swapped ? [0, 3, 1, 2] : [0, 2, 1, 3]), [result], in: graph)[0]
    } else if swapped {
      result = try patch.add(Transpose(), [result], in: graph)[0]
    }
    if rank == 3 { return result }
    var dims = patch.type(of: result, in: graph).shape.dims
    if rank == 2 {
      dims.insert(1, at: 0)
    } else {
      dims = [dims[0], dims[1], try dims[2].multiplied(by: dims[3])]
    }
    return try patch.add(Reshape(to: Shape(dims)), [result], in: graph)[0]
  }

  /// Rows as the product of probabilities and values had them: [batch, heads, queries, size].
  private func split(_ rows: Patch.Operand, _ patch: inout Patch) throws -> Patch.Operand {
    if rank == 3 { return rows }
    var dims = graph.type(of: mixing.results[0]).shape.dims
    if rank == 4 { dims.swapAt(1, 2) }
    let split = try patch.add(Reshape(to: Shape(dims)), [rows], in: graph)
    return rank == 2 ? split[0] : try patch.add(Transpose([0, 2, 1, 3]), split, in: graph)[0]
  }

  /// The sum of all terms as [batch or 1, heads or 1, queries or 1, keys].
  private func bias(keys: Dim, _ patch: inout Patch) throws -> Patch.Operand? {
    var sum: Patch.Operand?
    for bias in biases {
      var dims = graph.type(of: bias).shape.dims
      if rank == 3, dims.count == 3 { dims.insert(1, at: 1) }
      while dims.count < 4 { dims.insert(1, at: 0) }
      let term = try patch.add(Reshape(to: Shape(dims)), [bias], in: graph)[0]
      sum = try sum.map { try patch.add(Add(), [$0, term], in: graph)[0] } ?? term
    }
    guard let sum else { return nil }
    var dims = patch.type(of: sum, in: graph).shape.dims
    if dims[3] == keys { return sum }
    dims[3] = keys
    return try patch.add(Broadcast(to: Shape(dims)), [sum], in: graph)[0]
  }
}
