extension Entry {
  /// The graph before and after one pass, side by side: what became what has one number and colour.
  public func comparisonDiagram(
    of pass: String, options: DiagramOptions = DiagramOptions()
  ) throws -> Diagram {
    var options = options
    options.title = options.title ?? diagramTitle
    if pass == "all" {
      return try Diagram(
        before: graph, after: compiled().graph, names: ("as declared", "after all passes"),
        options: options)
    }
    let names = shared.passes.map(\.name)
    guard let at = names.firstIndex(of: pass) else {
      // The manager says what is wrong with the name.
      _ = try graph(after: pass)
      throw CompilationError.unknownPass(pass, known: names)
    }
    let before = try at == 0 ? graph : graph(after: names[at - 1])
    return try Diagram(
      before: before, after: graph(after: pass), names: ("before \(pass)", "after \(pass)"),
      options: options)
  }

  /// What differs between this entry's graph and another's, as declared.
  public func difference(
    from other: Entry, configs: [GraphDifference.Change] = [], bindings: Bindings? = nil
  ) throws -> GraphDifference {
    try GraphDifference(other.graph, graph, configs: configs, bindings: bindings)
  }

  /// This entry's graph beside another's, with what is only in one of them and what differs.
  public func diagram(
    besides other: Entry, names: (String, String), options: DiagramOptions = DiagramOptions()
  ) throws -> Diagram {
    var options = options
    let titles = [other.diagramTitle, diagramTitle]
    options.title =
      options.title ?? (titles[0] == titles[1] ? titles[0] : titles.joined(separator: " and "))
    return try Diagram(of: other.graph, and: graph, names: names, options: options)
  }
}
