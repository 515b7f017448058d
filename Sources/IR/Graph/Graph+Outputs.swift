extension Graph {
  /// The graph with `more` outputs after its own: to look at values inside.
  public func adding(outputs more: [Output]) -> Graph {
    Graph(name: name, values: values, nodes: nodes, outputs: outputs + more)
  }
}
