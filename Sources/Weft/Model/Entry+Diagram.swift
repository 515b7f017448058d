import Foundation

/// What colours the boxes of a picture.
public enum HeatKind: String, CaseIterable, Sendable {
  /// Milliseconds of a profile.
  case time
  /// Floating-point operations.
  case flops
  /// Bytes that are read and written.
  case bytes
  /// Elements of weights.
  case params
  /// The largest difference between two runs.
  case error
}

extension Entry {
  /// The title that a picture of this entry has by default.
  var diagramTitle: String { name == "main" ? modelName : "\(modelName), \(name)" }

  /// The architecture as a picture.
  ///
  /// - Parameters:
  ///   - pass: the pass after which it is drawn; nil for the graph as declared, "all" for the one that
  ///     is planned.
  ///   - bindings: values for the symbols, for a picture with concrete shapes; nil leaves them symbols.
  public func diagram(
    after pass: String? = nil, bindings: Bindings? = nil, options: DiagramOptions = DiagramOptions()
  ) throws -> Diagram {
    let symbolic = try pass.map { try self.graph(after: $0) } ?? graph
    let drawn = try bindings.map { try symbolic.binding($0) } ?? symbolic
    var options = options
    options.title = options.title ?? diagramTitle
    let notes =
      [pass.map { $0 == "all" ? "after all passes" : "after \($0)" }, bindings.map(Self.text)]
      .compactMap { $0 }
    if options.subtitle == nil, !notes.isEmpty {
      options.subtitle = notes.joined(separator: ", ")
    }
    return try Diagram(of: drawn, options: options)
  }

  /// The steps that a run with `bindings` takes as a picture. In its SVG, step N has the id `step-N`,
  /// and the layer at PATH `layer-PATH`; those that an equal one is drawn for are classes beside it.
  ///
  /// - Parameter heat: what colours the steps, by the nodes of the planned graph.
  public func planDiagram(
    for bindings: Bindings, heat: Heat? = nil, options: DiagramOptions = DiagramOptions()
  ) throws -> Diagram {
    let planned = try foreseenPlan(for: bindings)
    var options = options
    options.detail = .plan
    options.heat = heat ?? options.heat
    options.steps = planSteps(of: planned)
    options.title = options.title ?? diagramTitle
    let flops = planned.steps.reduce(0.0) { $0 + Double($1.cost.flops) }
    options.subtitle =
      options.subtitle
      ?? "\(planned.steps.count) steps, \(Diagram.amount(flops, unit: "FLOP")) for"
      + " \(Self.text(bindings))"
    return try Diagram(of: planned.graph, options: options)
  }

  private static func text(_ bindings: Bindings) -> String {
    bindings.symbols.map { "\($0)=\(bindings[$0] ?? 0)" }.joined(separator: ", ")
  }

  /// A plan to look at: of a model without weights as it would be with any. Nothing is packed then.
  func foreseenPlan(for bindings: Bindings) throws -> PlannedGraph {
    shared.weights is NoWeights
      ? try foresight(bindings, MemorySetting(self)).planned : try plan(for: bindings)
  }

  private func planSteps(of planned: PlannedGraph) -> PlanSteps {
    let lines = DeclaredLines(graph)
    var steps = PlanSteps(nodes: [:])
    // Copies are planned in the order of the outputs that need one.
    var outputs = planned.graph.outputs[...]
    for (position, step) in planned.steps.enumerated() {
      let (bytes, overflow) = step.cost.bytesRead.addingReportingOverflow(step.cost.bytesWritten)
      var drawn = PlanSteps.Step(
        position: position, kernel: step.kernel, flops: step.cost.flops,
        bytes: overflow ? .max : bytes)
      if let node = step.node {
        drawn.parts = lines.nodes(of: step.origin).map { graph.nodes[$0].op.name }
        steps.nodes[node] = drawn
      } else if let at = outputs.firstIndex(where: {
        planned.graph[$0.value].origin == step.origin
          && planned.graph.type(of: $0.value) == step.type
      }) {
        steps.copies[outputs[at].name] = drawn
        outputs = outputs[(at + 1)...]
      }
    }
    return steps
  }
}

/// Which nodes of the graph as declared stand at which lines.
struct DeclaredLines {
  private var places: [Origin.Site: [Int]] = [:]
  private let graph: Graph

  init(_ graph: Graph) {
    self.graph = graph
    for node in graph.nodes {
      for site in node.origin.sites { places[site, default: []].append(node.id.index) }
    }
  }

  /// The nodes that something of `origin` was made of, without those that only move elements.
  func nodes(of origin: Origin) -> [Int] {
    Set(origin.sites.flatMap { places[$0] ?? [] }).sorted()
      .filter { !graph.nodes[$0].isMovement }
  }
}

/// The format that a picture's file name asks for.
public enum DiagramFile {
  /// The format of a name that ends in .svg, .png, .pdf, .dot, .mmd or .md.
  public static func format(of file: URL) throws(ModelError) -> Graphviz.Format {
    guard let format = Graphviz.Format(rawValue: file.pathExtension.lowercased()) else {
      throw .pictureFormat(file.lastPathComponent)
    }
    return format
  }
}
