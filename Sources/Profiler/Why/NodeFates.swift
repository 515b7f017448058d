import Compiler
import Executor
import IR

/// How the story of each node of a graph ends: in the graph after all passes and, for a binding, in
/// the steps of its plan.
struct NodeFates {
  let compiled: CompiledGraph
  let planned: PlannedGraph?
  private let stories: [Lineage.Story]
  /// For each node of the last graph, the steps that compute it.
  private var steps: [NodeID: [Int]] = [:]
  /// For each node of the last graph, those of the first that it stands for.
  private var sources: [NodeID: [Int]] = [:]

  /// The fates in `compiled`, whose lineage was traced.
  init(_ compiled: CompiledGraph, planned: PlannedGraph?) {
    self.compiled = compiled
    self.planned = planned
    stories = compiled.lineage?.stories ?? []
    for (i, step) in (planned?.steps ?? []).enumerated() {
      if let node = step.node { steps[node, default: []].append(i) }
    }
    for (i, story) in stories.enumerated() {
      for node in story.nodes { sources[node, default: []].append(i) }
    }
  }

  private var graph: Graph { compiled.graph }

  /// The fate of the node at `i` of the first graph, as if it were the only one.
  func fate(of i: Int) -> WhyReport.Fate {
    let story = stories[i]
    let kinds = story.nodes.map(kind)
    let kind = kinds.contains(.step) ? .step : kinds.first ?? ended(story)
    let nodes = zip(story.nodes, kinds).filter { $0.1 == kind }.map(\.0)
    let steps = nodes.flatMap { self.steps[$0] ?? [] }
    var kernels: [String] = []
    for step in steps {
      guard let kernel = planned?.steps[step].kernel, !kernels.contains(kernel) else { continue }
      kernels.append(kernel)
    }
    return WhyReport.Fate(
      kind: kind, count: 1, layers: [],
      events: story.events.map { .init(pass: $0.pass, message: $0.message) },
      results: names(nodes), steps: steps.sorted(), kernels: kernels,
      isInPlace: steps.contains(where: isInPlace), companions: companions(of: i, in: nodes),
      helpers: names(story.helpers.filter { self.kind($0) == .step }))
  }

  /// What a node of the last graph is in a run.
  private func kind(_ id: NodeID) -> WhyReport.Fate.Kind {
    let node = graph[id]
    if planned != nil {
      if steps[id] != nil { return .step }
      return isKnown(node) ? .beforeRun : .view
    }
    if isKnown(node) { return .beforeRun }
    guard let view = node.op as? any Viewing, let result = node.results.first else { return .step }
    let types = node.operands.map { graph.type(of: $0) }
    return view.viewOffset(types, graph.type(of: result)) == nil ? .step : .view
  }

  private func isKnown(_ node: Node) -> Bool {
    node.results.allSatisfy { graph.isKnownBeforeRun($0) }
  }

  /// How a story ends that no node of the last graph continues.
  private func ended(_ story: Lineage.Story) -> WhyReport.Fate.Kind {
    switch story.events.last?.change {
    case .folded: .constant
    case .replaced: .simplified
    case .dropped, .rewritten, nil: .dropped
    }
  }

  /// Whether a result of step `i` lies where one of its operands did.
  private func isInPlace(_ i: Int) -> Bool {
    guard let step = planned?.plan.steps.first(where: { $0.label == i }) else { return false }
    return step.results.contains { result in
      step.operands.contains { $0.place == result.place && $0.byteOffset == result.byteOffset }
    }
  }

  private func names(_ nodes: [NodeID]) -> [String] {
    var names: [String] = []
    for node in nodes where !names.contains(graph[node].op.name) {
      names.append(graph[node].op.name)
    }
    return names
  }

  /// The other ops of the first graph that went into `nodes`, with their lines.
  private func companions(of i: Int, in nodes: [NodeID]) -> [WhyReport.Companion] {
    let others = Set(nodes.flatMap { sources[$0] ?? [] }).subtracting([i]).sorted()
    var companions: [WhyReport.Companion] = []
    for other in others {
      let node = compiled.source.nodes[other]
      let location = node.origin.location
      let new = WhyReport.Companion(
        op: node.op.name, file: location?.file ?? "", line: location?.line ?? 0, count: 1)
      let known = companions.firstIndex {
        ($0.op, $0.file, $0.line) == (new.op, new.file, new.line)
      }
      if let known { companions[known].count += 1 } else { companions.append(new) }
    }
    return companions
  }
}
