import Compiler
import IR
import Operators
import Tensors

/// What stands in the way of fusing `node` into the matrix product before it.
struct LinearNearMisses {
  let graph: Graph
  /// What would be fused.
  let node: Node
  /// What it is called: `bias`, `residual`, `gelu`.
  let what: String

  init(_ graph: Graph, _ node: Node, _ what: String) {
    self.graph = graph
    self.node = node
    self.what = what
  }

  /// The product's result, which `producer` gives, is used by others, too.
  func reportUses(of value: ValueID, _ producer: Node, _ context: inout PassContext) {
    if let activation = WrittenOutActivation(of: value, in: graph) {
      return context.missed(
        "activation not fused: it is written out with "
          + activation.ops.joined(separator: ", "), activation.end.origin,
        NearMiss(
          .knownOp, value: graph.label(value), at: activation.end.origin.location,
          hint: activation.hint))
    }
    // What is computed from the product can't be added to it before it is written.
    let others = node.operands.filter { $0 != value }
    guard !others.contains(where: { depends($0, on: producer) }) else { return }
    context.missed(
      "\(what) not fused: \(graph.label(value)) has \(graph.useCount(of: value)) uses",
      producer.origin.merged(with: node.origin),
      graph.sharing(
        of: value, besides: [node],
        hint: graph.users[value.index].count == 1
          ? "without the output the product's own result would never stand in memory"
          : "let the others read what '\(node.op.name)' gives\(graph.line(of: node)), if they may: "
            + "then the product's own result needs no memory"))
  }

  /// Whether `value` is computed from what `node` gives.
  private func depends(_ value: ValueID, on node: Node) -> Bool {
    var open = [value]
    var seen: Set<ValueID> = []
    while let next = open.popLast() {
      guard seen.insert(next).inserted, let producer = graph.producer(of: next),
        producer.id >= node.id
      else { continue }
      if producer.id == node.id { return true }
      open += producer.operands
    }
    return false
  }

  /// A reshape or a transposition stands between the product and `node`.
  func reportMovement(before value: ValueID, _ context: inout PassContext) {
    guard let movement = graph.soleMovement(giving: value),
      graph.producer(of: movement.operands[0])?.op is Linear
    else { return }
    context.missed(
      "\(what) not fused: \(movement.op.name) stands between it and the matrix product",
      node.origin,
      graph.standing(
        movement, of: value,
        hint: "move '\(node.op.name)'\(graph.line(of: node)) before the "
          + "\(movement.op.name)\(graph.line(of: movement))"))
  }

  /// What the product does already comes in an order in which `node` can't follow.
  func reportEpilogue(of parts: LinearParts, _ context: inout PassContext) {
    let isNumber = what == "factor" || what == "divisor"
    let message =
      isNumber
      ? "\(what) not fused: it comes after another epilogue"
      : "\(what) not fused: the product has another epilogue already"
    let epilogue = parts.epilogue.joined(separator: ", ")
    context.missed(
      message, node.origin,
      NearMiss(
        .freeEpilogue, value: epilogue, at: node.origin.location,
        hint: "the product does \(epilogue) already; it takes a factor, a bias, an activation, a "
          + "gate and a residual in this order, each once"))
  }

  /// `other` has another shape than a bias, a factor or a residual of the product `value`.
  func reportShape(of other: ValueID, beside value: ValueID, _ context: inout PassContext) {
    guard graph.producer(of: value)?.op is Linear, graph.hasSoleUse(value), value != other else {
      return
    }
    let (type, own) = (graph.type(of: value), graph.type(of: other))
    guard own != type, own.shape.dims.contains(where: { $0 != 1 }) else { return }
    let isVector =
      own.shape.dims.dropLast().allSatisfy { $0 == 1 }
      && own.shape.dims.last == type.shape.dims.last && graph.isKnownBeforeRun(other)
    if node.op is Mul {
      guard isVector else { return }
      return context.missed(
        "factor not fused: \(graph.label(other)) of type \(own) is no number", node.origin,
        NearMiss(
          .number, value: graph.label(other), at: node.origin.location,
          hint: "multiply the weight's rows and the bias by it instead: that is computed once, "
            + "before the run"))
    }
    if isVector {
      return context.missed(
        "bias not fused: \(graph.label(other)) of type \(own) has \(own.rank) axes, a bias has one",
        node.origin,
        NearMiss(
          .rank, value: graph.label(other), at: graph.location(of: other),
          hint: "declare it as \(TensorType(own.dtype, Shape([own.shape.dims.last ?? 1])))"))
    }
    context.missed(
      "residual not fused: \(graph.label(other)) of type \(own) is stretched to \(type)",
      node.origin,
      NearMiss(
        .sameShape, value: graph.label(other), at: node.origin.location,
        hint: "the product adds only what has its own shape; a stretched sum runs as a step of its "
          + "own"))
  }
}

extension LinearParts {
  /// What happens to the product already, in order.
  var epilogue: [String] {
    var parts: [String] = []
    if op.scale != 1 { parts.append("a factor") }
    if bias != nil { parts.append("a bias") }
    if op.activation != .none { parts.append(op.activation.rawValue) }
    if multiplier != nil { parts.append("a gate") }
    if residual != nil { parts.append("a residual") }
    return parts
  }
}
