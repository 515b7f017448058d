extension Graph {
  /// The graph with `more` outputs after its own: to look at values inside.
  public func adding(outputs more: [(name: String, value: ValueID)]) -> Graph {
    Graph(
      name: name, values: values, nodes: nodes,
      outputs: outputs + more.map { Output(name: $0.name, value: $0.value) }, labels: labels)
  }
}
