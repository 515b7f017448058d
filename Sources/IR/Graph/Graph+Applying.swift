import Tensors

/// Why a rewrite was refused: a mistake of the pass that made it.
public enum PatchError: Error, Equatable, CustomStringConvertible {
  /// A value would be replaced by one of another type.
  case typeChanged(value: ValueID, from: TensorType, to: TensorType)
  /// Two rewrites replace one value.
  case replacedTwice(ValueID)
  /// A rewrite makes a value depend on itself.
  case cycle(op: String)

  /// What the pass did wrong.
  public var description: String {
    switch self {
    case .typeChanged(let value, let from, let to):
      "\(value) of type \(from) would be replaced by a value of type \(to)"
    case .replacedTwice(let value): "\(value) is replaced by two rewrites"
    case .cycle(let op): "a rewritten '\(op)' would depend on its own result"
    }
  }
}

extension Graph {
  /// The graph with `patches` applied, in time linear in its size.
  ///
  /// Every user of a replaced value uses what replaces it, through chains of replacements; only
  /// the new nodes of the patch itself see the value that they replace, so that a patch may wrap
  /// it. Replaced nodes without users are dropped.
  ///
  /// Old nodes keep their order. New nodes stand where the first node that they replace stood, or
  /// just after the last of their operands where that is later, or earlier where a user needs them:
  /// then what they need moves up before them.
  public func applying(_ patches: [Patch]) throws(PatchError) -> Graph {
    try applyingWithSources(patches).graph
  }

  /// The graph with `patches` applied, and where each of its nodes comes from.
  public func applyingWithSources(
    _ patches: [Patch]
  ) throws(PatchError) -> (graph: Graph, sources: [NodeSource]) {
    var rewriter = try Rewriter(self, patches)
    let graph = try rewriter.run()
    return (graph, rewriter.sources)
  }
}

/// Where a node of a rewritten graph comes from.
public enum NodeSource: Hashable, Sendable {
  /// From this node, with other operands at most.
  case kept(NodeID)
  /// From the rewrite at this position.
  case made(patch: Int)
}

/// Builds the rewritten graph: walks over the old one in order, and makes what a node needs first.
private struct Rewriter {
  /// A node to make.
  enum Unit: Hashable {
    case old(Int)
    case new(patch: Int, node: Int)
  }

  /// What stands for a value in the new graph.
  enum Source {
    case old(ValueID)
    case new(patch: Int, value: Int)
  }

  let old: Graph
  let patches: [Patch]
  var builder: GraphBuilder
  /// What each old value is replaced by.
  var replaced: [ValueID: (patch: Int, new: Patch.Operand)] = [:]
  /// Patches that stand before the old node at this index; the last index is the end.
  var placed: [[Int]]
  var mapped: [ValueID?]
  var made: [[ValueID?]]
  /// Units that are made, or false for those whose operands are being made.
  var isDone: [Unit: Bool] = [:]
  /// For each node of the new graph, where it comes from.
  var sources: [NodeSource] = []

  init(_ old: Graph, _ patches: [Patch]) throws(PatchError) {
    self.old = old
    self.patches = patches
    builder = GraphBuilder(name: old.name)
    mapped = Array(repeating: nil, count: old.values.count)
    made = patches.map { Array(repeating: nil, count: $0.values.count) }
    placed = Array(repeating: [], count: old.nodes.count + 1)
    for (p, patch) in patches.enumerated() {
      for (value, new) in patch.replacements {
        let (from, to) = (old.type(of: value), patch.type(of: new, in: old))
        if from != to { throw .typeChanged(value: value, from: from, to: to) }
        if replaced.updateValue((p, new), forKey: value) != nil { throw .replacedTwice(value) }
      }
      placed[position(of: patch)].append(p)
    }
  }

  /// Where the nodes of `patch` stand unless a user needs them earlier: before this old node.
  func position(of patch: Patch) -> Int {
    let first = patch.replacements.map { old.producer(of: $0.old)?.id.index ?? 0 }.min()
    let operands = patch.nodes.flatMap(\.operands).compactMap { operand -> Int? in
      guard case .existing(let value) = operand else { return nil }
      return old.producer(of: value).map { $0.id.index + 1 }
    }
    return max(first ?? old.nodes.count, operands.max() ?? 0)
  }

  mutating func run() throws(PatchError) -> Graph {
    for value in old.values {
      if case .result = value.definition { continue }
      mapped[value.id.index] = builder.copy(value)
    }
    for i in 0...old.nodes.count {
      for p in placed[i] {
        for (v, value) in patches[p].values.enumerated() {
          if case .constant = value { constant(p, v) }
        }
        for n in patches[p].nodes.indices { try make(.new(patch: p, node: n)) }
      }
      guard i < old.nodes.count else { break }
      let results = old.nodes[i].results
      if results.isEmpty || results.contains(where: { replaced[$0] == nil }) { try make(.old(i)) }
    }
    for output in old.outputs {
      builder.output(output.name, value(try source(of: output.value, for: "output")))
    }
    return builder.graph()
  }

  /// Makes `unit` after all that it needs; an own stack, since a chain may be long.
  mutating func make(_ unit: Unit) throws(PatchError) {
    guard isDone[unit] == nil else { return }
    var stack = [unit]
    while let top = stack.last {
      if isDone[top] == true {
        stack.removeLast()
        continue
      }
      let sources = try sources(of: top)
      if isDone.updateValue(false, forKey: top) == nil {
        for need in sources.reversed().compactMap(unit(of:)) where isDone[need] != true {
          if isDone[need] == false { throw .cycle(op: op(of: top).name) }
          stack.append(need)
        }
        if stack.last != top { continue }
      }
      for case .new(let p, let v) in sources { constant(p, v) }
      emit(top, sources.map(value))
      isDone[top] = true
      stack.removeLast()
    }
  }

  func op(of unit: Unit) -> any Op {
    switch unit {
    case .old(let i): old.nodes[i].op
    case .new(let p, let n): patches[p].nodes[n].op
    }
  }

  func sources(of unit: Unit) throws(PatchError) -> [Source] {
    var sources: [Source] = []
    switch unit {
    case .old(let i):
      for operand in old.nodes[i].operands {
        sources.append(try source(of: operand, for: old.nodes[i].op.name))
      }
    case .new(let p, let n):
      let node = patches[p].nodes[n]
      for operand in node.operands {
        switch operand {
        case .new(let v): sources.append(.new(patch: p, value: v))
        case .existing(let value):
          let isOwn = replaced[value]?.patch == p
          sources.append(isOwn ? .old(value) : try source(of: value, for: node.op.name))
        }
      }
    }
    return sources
  }

  /// What stands for an old value, through chains of replacements.
  func source(of value: ValueID, for op: String) throws(PatchError) -> Source {
    var value = value
    for _ in 0...replaced.count {
      guard let (patch, new) = replaced[value] else { return .old(value) }
      switch new {
      case .existing(let next): value = next
      case .new(let v): return .new(patch: patch, value: v)
      }
    }
    throw .cycle(op: op)
  }

  /// The node that must be made before `source` is there.
  func unit(of source: Source) -> Unit? {
    switch source {
    case .old(let value): return old.producer(of: value).map { .old($0.id.index) }
    case .new(let p, let v):
      guard case .result(let n, _) = patches[p].values[v] else { return nil }
      return .new(patch: p, node: n)
    }
  }

  /// The value in the new graph; all that it needs was made.
  func value(_ source: Source) -> ValueID {
    let found =
      switch source {
      case .old(let value): mapped[value.index]
      case .new(let p, let v): made[p][v]
      }
    guard let found else { preconditionFailure("a value is used before it is made") }
    return found
  }

  mutating func constant(_ p: Int, _ v: Int) {
    guard made[p][v] == nil, case .constant(let tensor) = patches[p].values[v] else { return }
    made[p][v] = builder.constant(tensor, origin: patches[p].origin)
  }

  mutating func emit(_ unit: Unit, _ operands: [ValueID]) {
    switch unit {
    case .old(let i):
      let node = old.nodes[i]
      sources.append(.kept(node.id))
      let results = builder.add(
        node.op, operands, resultTypes: node.results.map { old.type(of: $0) },
        names: node.results.map { old[$0].name }, origin: node.origin)
      for (value, result) in zip(node.results, results) { mapped[value.index] = result }
    case .new(let p, let n):
      let (patch, node) = (patches[p], patches[p].nodes[n])
      sources.append(.made(patch: p))
      // A replaced value's name passes to what replaces it.
      var names: [Int: String] = [:]
      for (value, new) in patch.replacements {
        if case .new(let v) = new, let name = old[value].name { names[v] = name }
      }
      let results = builder.add(
        node.op, operands, resultTypes: node.results.map { patch.values[$0].type },
        names: node.results.map { names[$0] }, origin: patch.origin)
      for (v, result) in zip(node.results, results) { made[p][v] = result }
    }
  }
}
