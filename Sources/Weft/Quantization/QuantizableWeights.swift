/// The weights that may be stored in 8 bits: matrices that only linear layers read, as weights.
enum QuantizableWeights {
  /// Their names, with what has a scale of its own: the outputs of the layers that read them.
  static func find(in entries: [Entry]) throws -> [String: Int8Matrix.Axis] {
    var found: [String: Int8Matrix.Axis] = [:]
    var refused: Set<String> = []
    for entry in entries {
      let graph = try entry.compiled().graph
      for (value, parameter) in graph.parameters {
        let name = parameter.name
        guard let axis = axis(of: value, in: graph), found[name, default: axis] == axis else {
          refused.insert(name)
          continue
        }
        found[name] = axis
      }
    }
    return found.filter { !refused.contains($0.key) }
  }

  /// Which axis the outputs of all layers that read `value` lie along; nil where something else reads
  /// it, too.
  private static func axis(of value: Value, in graph: Graph) -> Int8Matrix.Axis? {
    guard value.type.dtype == .f32, value.type.rank == 2 else { return nil }
    var found: Int8Matrix.Axis?
    var open = [value.id]
    while let next = open.popLast() {
      if graph.isOutput(next) { return nil }
      for user in graph.users[next.index] {
        let node = graph[user]
        if node.op is any Int8Preserving, node.operands == [next] {
          open += node.results
          continue
        }
        guard let axis = layerAxis(node, reading: next, in: graph), found ?? axis == axis else {
          return nil
        }
        found = axis
      }
    }
    return found
  }

  private static func layerAxis(
    _ node: Node, reading value: ValueID, in graph: Graph
  ) -> Int8Matrix.Axis? {
    guard let (positions, transposed) = node.linearWeights,
      node.operands.indices.allSatisfy({ node.operands[$0] != value || positions.contains($0) })
    else { return nil }
    let inputs = graph.type(of: value).shape.dims[transposed ? 0 : 1].value
    guard let inputs, inputs <= QuantizedProduct.mostInputs else { return nil }
    return transposed ? .columns : .rows
  }
}

extension Node {
  /// The positions of a linear layer's weights, and whether they are stored [inputs, outputs]; nil for
  /// other ops.
  var linearWeights: (positions: Range<Int>, transposed: Bool)? {
    if let op = op as? Linear { return (1..<2, op.transposed) }
    if let op = op as? MergedLinear { return (1..<1 + results.count, op.transposed) }
    return nil
  }
}
