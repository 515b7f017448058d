import IR
import Operators
import Tensors

/// The parts of a written-out attention, found step by step from its softmax and last product.
struct AttentionMatch {
  let graph: Graph
  let softmax: Node
  let mixing: Node
  private var scoring: Node
  private var nodes: [Node]
  private var scale = 1.0
  private var causal = false
  private var mask: ValueID?
  private var bias: ValueID?
  private var sources: [ValueID] = []
  private var root: Node
  private(set) var heads = 1

  init(_ graph: Graph, softmax: Node, mixing: Node) {
    self.graph = graph
    self.softmax = softmax
    self.mixing = mixing
    scoring = softmax
    root = mixing
    nodes = [softmax, mixing]
  }

  /// Walks from the softmax back to the product of queries and keys, collecting what stands
  /// between.
  mutating func findScores() throws {
    var value = softmax.operands[0]
    while let node = graph.producer(of: value) {
      nodes.append(node)
      if node.op is MatMul {
        scoring = node
        return
      }
      guard graph.hasSoleUse(value) else {
        throw NearMiss("the scores \(graph.label(value)) are used elsewhere, too")
      }
      value = try collect(node)
    }
    throw NearMiss("the softmax isn't over a product of queries and keys")
  }

  /// Takes one node between product and softmax; gives the value before it.
  private mutating func collect(_ node: Node) throws -> ValueID {
    switch node.op {
    case is Div:
      guard let divisor = graph.scalar(node.operands[1]), divisor != 0 else {
        throw NearMiss("the scores are divided by more than a number")
      }
      scale /= divisor
      return node.operands[0]
    case is Mul:
      guard let at = node.operands.firstIndex(where: { graph.scalar($0) != nil }),
        let factor = graph.scalar(node.operands[at])
      else { throw NearMiss("the scores are multiplied by more than a number") }
      scale *= factor
      return node.operands[1 - at]
    case is Add: return try collectBias(node)
    case is Where: return try collectMask(node)
    default: throw NearMiss("\(node.op.name) stands between the scores and the softmax")
    }
  }

  private mutating func collectBias(_ node: Node) throws -> ValueID {
    let shape = graph.type(of: node.results[0]).shape
    guard bias == nil else { throw NearMiss("two terms are added to the scores") }
    guard scale == 1 else { throw NearMiss("the scores are scaled after a term is added") }
    // The scores are the operand that hangs on a product; the term usually doesn't have its shape.
    let order = isScores(node.operands[1]) && !isScores(node.operands[0]) ? [1, 0] : [0, 1]
    guard graph.type(of: node.operands[order[0]]).shape == shape else {
      throw NearMiss("the scores are stretched")
    }
    bias = node.operands[order[1]]
    return node.operands[order[0]]
  }

  /// Whether `value` comes from a product through scaling and masking.
  private func isScores(_ value: ValueID) -> Bool {
    guard let node = graph.producer(of: value) else { return false }
    switch node.op {
    case is MatMul: return true
    case is Mul, is Div, is Add: return node.operands.contains { isScores($0) }
    case is Where: return isScores(node.operands[1])
    default: return false
    }
  }

  private mutating func collectMask(_ node: Node) throws -> ValueID {
    let condition = node.operands[0]
    guard let hidden = graph.scalar(node.operands[2]), hidden <= -1e4 else {
      throw NearMiss("what the mask hides isn't a large negative number on its right")
    }
    guard graph.type(of: node.operands[1]) == graph.type(of: node.results[0]) else {
      throw NearMiss("the scores are stretched by the mask")
    }
    if isCausal(condition, scores: graph.type(of: node.results[0])) {
      causal = true
    } else if mask == nil {
      mask = condition
    } else {
      throw NearMiss("two masks hide keys")
    }
    return node.operands[1]
  }

  /// Whether `condition` compares a key's position [1, keys] with its query's [queries, 1].
  private func isCausal(_ condition: ValueID, scores: TensorType) -> Bool {
    guard let node = graph.producer(of: condition) else { return false }
    let (key, query): (ValueID, ValueID)
    switch node.op {
    case is LessEqual: (key, query) = (node.operands[0], node.operands[1])
    case is GreaterEqual: (key, query) = (node.operands[1], node.operands[0])
    default: return false
    }
    let dims = scores.shape.dims
    let (queries, keys) = (dims[dims.count - 2], dims[dims.count - 1])
    guard queries == keys, isPositions(key, along: -1, of: keys),
      isPositions(query, along: -2, of: queries)
    else { return false }
    return true
  }

  /// Whether `value` counts 0, 1, … along an axis (from the last) and has extent 1 elsewhere.
  private func isPositions(_ value: ValueID, along axis: Int, of count: Dim) -> Bool {
    var source = value
    if let (reshape, _) = graph.producer(of: value, as: Reshape.self) {
      source = reshape.operands[0]
    }
    guard let (_, iota) = graph.producer(of: source, as: Iota.self), iota.start == 0 else {
      return false
    }
    let dims = graph.type(of: value).shape.dims
    guard dims.count >= -axis, iota.count == count else { return false }
    return dims.enumerated().allSatisfy { i, dim in i == dims.count + axis || dim == 1 }
      && dims[dims.count + axis] == count
  }

  /// Finds q, k and v as rows, and the nodes that lead back to rows.
  mutating func findHeads() throws {
    guard let product = scoring.op as? MatMul, !product.transposesA else {
      throw NearMiss("the queries are read with swapped axes")
    }
    let rank = graph.type(of: scoring.results[0]).rank
    guard rank == 3 || rank == 4 else {
      throw NearMiss("the scores have rank \(rank), not 3 or 4")
    }
    guard rank == 4 else { return try findSingleHead(product) }
    heads = graph.type(of: scoring.results[0]).shape.dims[1].value ?? 0
    guard heads > 0 else { throw NearMiss("the number of heads isn't known") }
    sources = [
      try rows(of: scoring.operands[0], "queries", swapped: false),
      try rows(of: scoring.operands[1], "keys", swapped: !product.transposesB),
      try rows(of: mixing.operands[1], "values", swapped: false),
    ]
    let mixed = mixing.results[0]
    guard graph.hasSoleUse(mixed), let back = user(of: mixed),
      let transposition = back.op as? Transpose,
      transposition.fullPermutation(rank: 4) == [0, 2, 1, 3], graph.hasSoleUse(back.results[0]),
      let last = user(of: back.results[0]), last.op is Reshape,
      graph.type(of: last.results[0]).rank == 3
    else { throw NearMiss("the heads aren't put side by side again afterwards") }
    nodes += [back, last]
    root = last
  }

  private mutating func findSingleHead(_ product: MatMul) throws {
    var keys = scoring.operands[1]
    if !product.transposesB {
      guard let (node, op) = graph.producer(of: keys, as: Transpose.self),
        op.swapsLastAxes(rank: 3)
      else { throw NearMiss("the keys aren't transposed") }
      keys = node.operands[0]
    }
    sources = [scoring.operands[0], keys, mixing.operands[1]]
    guard sources.allSatisfy({ graph.type(of: $0).rank == 3 }) else {
      throw NearMiss("queries, keys and values have different ranks")
    }
  }

  private func user(of value: ValueID) -> Node? {
    graph.users[value.index].first.map { graph[$0] }
  }

  /// [batch, tokens, heads · size], of which `value` [batch, heads, tokens, size] is made; `swapped`:
  /// of which [batch, heads, size, tokens] is made.
  private mutating func rows(
    of value: ValueID, _ what: String, swapped: Bool
  ) throws -> ValueID {
    guard let (node, op) = graph.producer(of: value, as: Transpose.self),
      op.fullPermutation(rank: 4) == (swapped ? [0, 2, 3, 1] : [0, 2, 1, 3]),
      let (reshape, _) = graph.producer(of: node.operands[0], as: Reshape.self)
    else { throw NearMiss("the \(what) aren't cut into heads by reshape and transpose") }
    let split = graph.type(of: node.operands[0]).shape.dims
    let whole = graph.type(of: reshape.operands[0]).shape.dims
    guard whole.count == 3, whole[0] == split[0], whole[1] == split[1] else {
      throw NearMiss("the \(what) aren't cut into heads along their last axis")
    }
    guard split[2] == Dim(heads) else {
      throw NearMiss("the \(what) have \(split[2]) heads, not \(heads)")
    }
    nodes += [node, reshape]
    return reshape.operands[0]
  }

  /// The rewrite.
  func patch() throws -> Patch {
    var patch = Patch(rewriting: nodes.sorted { $0.id < $1.id })
    var operands = sources.map { Patch.Operand.existing($0) }
    let scores = graph.type(of: scoring.results[0]).shape.dims
    let (batch, queries, keys) = (scores[0], scores[scores.count - 2], scores[scores.count - 1])
    if let mask {
      operands.append(try fit(mask, to: [batch, queries, keys], &patch))
    }
    if let bias {
      operands.append(try fit(bias, batch: batch, queries: queries, keys: keys, &patch))
    }
    let op = Attention(
      heads: heads, mask: mask != nil, bias: bias != nil, causal: causal, scale: scale)
    patch.replace(root, with: try patch.add(op, operands, in: graph))
    return patch
  }

  /// `mask`, which stretches over [batch, heads, queries, keys], as [batch, keys] or
  /// [batch, queries, keys].
  private func fit(_ mask: ValueID, to shape: [Dim], _ patch: inout Patch) throws -> Patch.Operand {
    var dims = graph.type(of: mask).shape.dims
    let isFourAxes = graph.type(of: scoring.results[0]).rank == 4
    while dims.count < (isFourAxes ? 4 : 3) { dims.insert(1, at: 0) }
    if isFourAxes {
      guard dims.remove(at: 1) == 1 else { throw NearMiss("each head has a mask of its own") }
    }
    if dims[0] == shape[0], dims[1] == 1, dims[2] == shape[2] {
      return try patch.add(Reshape(to: Shape([dims[0], dims[2]])), [mask], in: graph)[0]
    }
    let flat = try patch.add(Reshape(to: Shape(dims)), [mask], in: graph)
    return dims == shape ? flat[0] : try patch.add(Broadcast(to: Shape(shape)), flat, in: graph)[0]
  }

  /// `bias` as [batch or 1, heads or 1, queries or 1, keys].
  private func fit(
    _ bias: ValueID, batch: Dim, queries: Dim, keys: Dim, _ patch: inout Patch
  ) throws -> Patch.Operand {
    var dims = graph.type(of: bias).shape.dims
    if graph.type(of: scoring.results[0]).rank == 3, dims.count == 3 { dims.insert(1, at: 1) }
    while dims.count < 4 { dims.insert(1, at: 0) }
    let whole = try patch.add(Reshape(to: Shape(dims)), [bias], in: graph)
    if dims[3] == keys { return whole[0] }
    dims[3] = keys
    return try patch.add(Broadcast(to: Shape(dims)), whole, in: graph)[0]
  }
}
