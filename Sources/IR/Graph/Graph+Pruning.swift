extension Graph {
  /// The graph without nodes, constants and parameters that no output and no state hangs on. Inputs
  /// stay, and so do labels of what is left.
  public func pruned() -> Graph { prunedWithSources().graph }

  /// The graph without what no output hangs on, and for each of its nodes the one that it was.
  public func prunedWithSources() -> (graph: Graph, sources: [NodeID]) {
    var sources: [NodeID] = []
    var live = [Bool](repeating: false, count: values.count)
    for output in outputs { live[output.value.index] = true }
    for node in nodes where node.op is any Updating {
      for result in node.results { live[result.index] = true }
    }
    for node in nodes.reversed() where node.results.contains(where: { live[$0.index] }) {
      for operand in node.operands { live[operand.index] = true }
    }
    var builder = GraphBuilder(name: name)
    var mapped = [ValueID?](repeating: nil, count: values.count)
    for value in values {
      switch value.definition {
      case .result: continue
      case .input: mapped[value.id.index] = builder.copy(value)
      case .parameter, .constant, .state:
        if live[value.id.index] { mapped[value.id.index] = builder.copy(value) }
      }
    }
    for node in nodes where node.results.contains(where: { live[$0.index] }) {
      sources.append(node.id)
      let results = builder.add(
        node.op, node.operands.compactMap { mapped[$0.index] },
        resultTypes: node.results.map { type(of: $0) },
        names: node.results.map { self[$0].name }, origin: node.origin)
      for (value, result) in zip(node.results, results) { mapped[value.index] = result }
    }
    for output in outputs {
      if let value = mapped[output.value.index] { builder.output(output.name, value) }
    }
    for var label in labels {
      guard let value = mapped[label.value.index] else { continue }
      label.value = value
      builder.label(label)
    }
    return (builder.graph(), sources)
  }
}
