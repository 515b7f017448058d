import Tensors

/// Why a rewrite was refused: a mistake of the pass that made it.
public enum PatchError: Error, CustomStringConvertible {
  /// A value would be replaced by one of another type.
  case typeChanged(value: ValueID, from: TensorType, to: TensorType)
  /// Two rewrites replace one value.
  case replacedTwice(ValueID)
  /// A rewrite makes a value depend on itself, or on what stands later.
  case order(op: String)

  public var description: String {
    switch self {
    case .typeChanged(let value, let from, let to):
      "\(value) of type \(from) would be replaced by a value of type \(to)"
    case .replacedTwice(let value): "\(value) is replaced by two rewrites"
    case .order(let op): "a rewritten '\(op)' would use a value before it is made"
    }
  }
}

extension Graph {
  /// The graph with `patches` applied, in time linear in its size.
  ///
  /// New nodes stand where the first node that they replace stood, or just after the last of their
  /// operands where that is later. Replaced nodes without users are dropped.
  public func applying(_ patches: [Patch]) throws(PatchError) -> Graph {
    var rewriter = try Rewriter(self, patches)
    return try rewriter.run()
  }
}

/// Builds the rewritten graph in one walk over the old one.
private struct Rewriter {
  let old: Graph
  let patches: [Patch]
  var builder: GraphBuilder
  /// What each old value is replaced by, as (patch, operand).
  var replaced: [ValueID: (patch: Int, new: Patch.Operand)] = [:]
  /// Patches that are emitted before the node at this index; the last index is the end.
  var emitted: [[Int]]
  var mapped: [ValueID?]
  var made: [[ValueID?]]

  init(_ old: Graph, _ patches: [Patch]) throws(PatchError) {
    self.old = old
    self.patches = patches
    builder = GraphBuilder(name: old.name)
    mapped = Array(repeating: nil, count: old.values.count)
    made = patches.map { Array(repeating: nil, count: $0.values.count) }
    emitted = Array(repeating: [], count: old.nodes.count + 1)
    for (p, patch) in patches.enumerated() {
      for (value, new) in patch.replacements {
        let (from, to) = (old.type(of: value), patch.type(of: new, in: old))
        if from != to { throw .typeChanged(value: value, from: from, to: to) }
        if replaced.updateValue((p, new), forKey: value) != nil { throw .replacedTwice(value) }
      }
    }
    for (p, patch) in patches.enumerated() { emitted[position(of: patch)].append(p) }
  }

  /// Where the nodes of `patch` stand: before the old node at this index.
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
    for (i, node) in old.nodes.enumerated() {
      for patch in emitted[i] { try emit(patch) }
      try emit(node)
    }
    for patch in emitted[old.nodes.count] { try emit(patch) }
    for output in old.outputs {
      builder.output(output.name, try resolve(output.value, for: "output"))
    }
    return builder.graph()
  }

  mutating func emit(_ p: Int) throws(PatchError) {
    let patch = patches[p]
    for (i, value) in patch.values.enumerated() {
      if case .constant(let tensor) = value {
        made[p][i] = builder.constant(tensor, origin: patch.origin)
      }
    }
    // A replaced value's name passes to what replaces it.
    var names: [Int: String] = [:]
    for (value, new) in patch.replacements {
      if case .new(let i) = new, let name = old[value].name { names[i] = name }
    }
    for node in patch.nodes {
      var operands: [ValueID] = []
      for operand in node.operands { operands.append(try resolve(operand, p, for: node.op.name)) }
      let results = builder.add(
        node.op, operands, resultTypes: node.results.map { patch.values[$0].type },
        names: node.results.map { names[$0] }, origin: patch.origin)
      for (i, result) in zip(node.results, results) { made[p][i] = result }
    }
  }

  mutating func emit(_ node: Node) throws(PatchError) {
    if !node.results.isEmpty, node.results.allSatisfy({ replaced[$0] != nil }) { return }
    var operands: [ValueID] = []
    for operand in node.operands { operands.append(try resolve(operand, for: node.op.name)) }
    let results = builder.add(
      node.op, operands, resultTypes: node.results.map { old.type(of: $0) },
      names: node.results.map { old[$0].name }, origin: node.origin)
    for (value, result) in zip(node.results, results) { mapped[value.index] = result }
  }

  func resolve(_ operand: Patch.Operand, _ p: Int, for op: String) throws(PatchError) -> ValueID {
    switch operand {
    case .existing(let value): return try resolve(value, for: op)
    case .new(let i):
      guard let value = made[p][i] else { throw .order(op: op) }
      return value
    }
  }

  /// What stands for an old value, through chains of replacements.
  func resolve(_ value: ValueID, for op: String) throws(PatchError) -> ValueID {
    var value = value
    for _ in 0...replaced.count {
      guard let (patch, new) = replaced[value] else {
        guard let found = mapped[value.index] else { throw .order(op: op) }
        return found
      }
      switch new {
      case .existing(let next): value = next
      case .new(let i):
        guard let found = made[patch][i] else { throw .order(op: op) }
        return found
      }
    }
    throw .order(op: op)
  }
}
