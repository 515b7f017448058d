import IR
import Operators
import Tensors

/// What hides keys in a written-out attention, taken apart into what each query may see.
struct AttentionMasks {
  /// Scores of this or less are taken for hidden: exp(-10⁴) is 0 in f32.
  static let hidden = -1e4

  /// Whether a query sees only keys up to its own position, counted from the last.
  private(set) var isCausal = false
  /// Conditions that all have to hold, and whether each is to be inverted.
  private var conditions: [(value: ValueID, inverted: Bool)] = []

  /// Takes a condition on the scores of these extents; `inverted`: keys are hidden where it holds.
  mutating func take(
    _ condition: ValueID, inverted: Bool, scores: [Dim], in graph: Graph
  ) {
    var open = [(condition, inverted)]
    while let (value, inverted) = open.popLast() {
      let node = graph.producer(of: value)
      switch node?.op {
      case is LogicalNot: open += (node?.operands ?? []).map { ($0, !inverted) }
      case is LogicalAnd where !inverted, is LogicalOr where inverted:
        open += (node?.operands ?? []).reversed().map { ($0, inverted) }
      default:
        if conditions.contains(where: { $0 == (value, inverted) }) { continue }
        if let table = graph.constant(value),
          (0..<table.count).allSatisfy({ (table.double(at: $0) == 0) == inverted })
        {
          continue
        }
        if comparesPositions(value, inverted: inverted, scores: scores, in: graph) {
          isCausal = true
        } else {
          conditions.append((value, inverted))
        }
      }
    }
  }

  /// Takes a term that is added to the scores, where it hides keys and does nothing else:
  /// `where(m, 0, −10⁹)`, `(1 − cast(m)) · −10⁹` of a bool m, or a constant triangle of −10⁹.
  mutating func take(term: ValueID, scores: [Dim], in graph: Graph) -> Bool {
    if let (node, _) = graph.producer(of: term, as: Where.self) {
      let (shown, other) = (graph.scalar(node.operands[1]), graph.scalar(node.operands[2]))
      guard let shown, let other else { return false }
      let isInverted = other == 0 && shown <= Self.hidden
      guard isInverted || (shown == 0 && other <= Self.hidden) else { return false }
      take(node.operands[0], inverted: isInverted, scores: scores, in: graph)
      return true
    }
    if let (node, _) = graph.producer(of: term, as: Mul.self) {
      guard let at = node.operands.firstIndex(where: { graph.scalar($0) != nil }),
        let factor = graph.scalar(node.operands[at]), factor <= Self.hidden,
        let (rest, _) = graph.producer(of: node.operands[1 - at], as: Sub.self),
        graph.scalar(rest.operands[0]) == 1,
        let (cast, _) = graph.producer(of: rest.operands[1], as: Cast.self),
        graph.type(of: cast.operands[0]).dtype == .bool
      else { return false }
      take(cast.operands[0], inverted: false, scores: scores, in: graph)
      return true
    }
    guard let table = graph.constant(term) else { return false }
    if (0..<table.count).allSatisfy({ table.double(at: $0) == 0 }) { return true }
    guard
      isTriangle(table, scores: scores, shows: { $0 == 0 }, hides: { $0 <= Self.hidden })
    else { return false }
    isCausal = true
    return true
  }

  /// Whether `value` says, for the scores' queries and keys, that the key stands no later than the
  /// query when both are counted from the last: j − i ≤ keys − queries.
  private func comparesPositions(
    _ value: ValueID, inverted: Bool, scores: [Dim], in graph: Graph
  ) -> Bool {
    if let table = graph.constant(value) {
      let shown = inverted ? 0.0 : 1.0
      return isTriangle(table, scores: scores, shows: { $0 == shown }, hides: { $0 != shown })
    }
    guard let node = graph.producer(of: value) else { return false }
    let (key, query): (ValueID, ValueID)
    switch (node.op, inverted) {
    case (is LessEqual, false), (is Greater, true):
      (key, query) = (node.operands[0], node.operands[1])
    case (is GreaterEqual, false), (is Less, true):
      (key, query) = (node.operands[1], node.operands[0])
    default: return false
    }
    let (queries, keys) = (scores[scores.count - 2], scores[scores.count - 1])
    guard let first = start(of: key, along: -1, count: keys, in: graph),
      let own = start(of: query, along: -2, count: queries, in: graph),
      let offset = try? own.subtracting(first), let last = try? keys.subtracting(queries)
    else { return false }
    return offset == last
  }

  /// The first of the positions that `value` counts along an axis (from the last), with extent 1
  /// elsewhere.
  private func start(of value: ValueID, along axis: Int, count: Dim, in graph: Graph) -> Dim? {
    let dims = graph.type(of: value).shape.dims
    let at = dims.count + axis
    guard at >= 0, dims[at] == count,
      dims.enumerated().allSatisfy({ $0.offset == at || $0.element == 1 })
    else { return nil }
    var source = value
    while let node = graph.producer(of: source), node.op is Reshape || node.op is Cast {
      source = node.operands[0]
    }
    if let (_, iota) = graph.producer(of: source, as: Iota.self) { return iota.start }
    guard let table = graph.constant(source), table.count > 0 else { return nil }
    let first = table.integer(at: 0)
    return (0..<table.count).allSatisfy({ table.double(at: $0) == Double(first + $0) })
      ? Dim(first) : nil
  }

  /// Whether `table` [..., queries, keys] shows exactly the keys up to a query's own position.
  private func isTriangle(
    _ table: Tensor, scores: [Dim], shows: (Double) -> Bool, hides: (Double) -> Bool
  ) -> Bool {
    let dims = table.dims
    guard dims.count >= 2, dims.dropLast(2).allSatisfy({ $0 == 1 }),
      Shape(Array(dims.suffix(2))).dims == Array(scores.suffix(2)), table.count > 1
    else { return false }
    let (queries, keys) = (dims[dims.count - 2], dims[dims.count - 1])
    return (0..<table.count).allSatisfy { i in
      let (query, key) = i.quotientAndRemainder(dividingBy: keys)
      let value = table.double(at: i)
      return key <= query + keys - queries ? shows(value) : hides(value)
    }
  }

  /// All conditions together as [batch, keys] or [batch, queries, keys], where there are any.
  ///
  /// `shape` is [batch, queries, keys], `rank` that of the scores.
  func operand(
    rank: Int, to shape: [Dim], in graph: Graph, _ patch: inout Patch
  ) throws -> Patch.Operand? {
    var all: Patch.Operand?
    for (value, inverted) in conditions {
      var dims = graph.type(of: value).shape.dims
      while dims.count < max(rank, 3) { dims.insert(1, at: 0) }
      if rank == 4, dims.remove(at: 1) != 1 {
        throw AttentionMiss(
          "each head has a mask of its own", .sameShape, at: graph.location(of: value),
          value: graph.label(value),
          hint: "add where(mask, 0.0, -1e9) to the scores: a bias may be another one for each head")
      }
      var mask = try patch.add(Reshape(to: Shape(dims)), [value], in: graph)[0]
      if inverted { mask = try patch.add(LogicalNot(), [mask], in: graph)[0] }
      all = try all.map { try patch.add(LogicalAnd(), [$0, mask], in: graph)[0] } ?? mask
    }
    guard let all else { return nil }
    let dims = patch.type(of: all, in: graph).shape.dims
    let target = dims[1] == 1 ? [shape[0], 1, shape[2]] : shape
    let whole =
      dims == target ? all : try patch.add(Broadcast(to: Shape(target)), [all], in: graph)[0]
    guard dims[1] == 1 else { return whole }
    return try patch.add(Reshape(to: [shape[0], shape[2]]), [whole], in: graph)[0]
  }
}
