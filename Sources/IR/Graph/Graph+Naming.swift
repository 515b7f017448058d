extension Graph {
  /// The graph with other names for the results of its nodes.
  ///
  /// A name travels with its value through every rewrite, and to what replaces it: so the names say
  /// which values of a graph are left after the passes.
  public func naming(_ name: (Value) -> String) -> Graph {
    let renamed = values.map { value in
      guard case .result = value.definition else { return value }
      return Value(
        id: value.id, type: value.type, definition: value.definition, name: name(value),
        origin: value.origin)
    }
    return Graph(
      name: self.name, values: renamed, nodes: nodes, outputs: outputs, labels: labels)
  }
}
