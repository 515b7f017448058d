import Compiler
import GraphLanguage
import IR

extension WhyReport {
  /// A report on the lines that `selection` picks.
  ///
  /// - Parameters:
  ///   - compiled: the entry's graph, compiled with its lineage traced.
  ///   - planned: the plan for a binding, where steps and kernels are to be told.
  ///   - unused: what the entry writes down and no output hangs on.
  ///   - outlines: the model's files, the root first.
  public init(
    model: String, _ compiled: CompiledGraph, planned: PlannedGraph?, selection: WhySelection,
    unused: [ModelDefinition.UnusedNode] = [], outlines: [SourceOutline]
  ) {
    let fates = NodeFates(compiled, planned: planned)
    var lines = LineCollector(outlines)
    var results: Set<NodeID> = []
    var count = 0
    for (i, node) in compiled.source.nodes.enumerated() {
      guard let site = node.origin.sites.first, site.location != nil, selection.contains(site)
      else {
        continue
      }
      lines.add(node.op.name, site, fates.fate(of: i))
      results.formUnion(compiled.lineage?.stories[i].nodes ?? [])
      count += 1
    }
    for node in unused {
      guard let site = node.origin.sites.first, selection.contains(site) else { continue }
      lines.add(node.op, site, .unused)
      count += 1
    }
    for remark in compiled.report.remarks where remark.kind == .missed {
      lines.add(remark, selection)
    }
    self.model = model
    entry = compiled.source.name
    bindings = planned?.bindings.description ?? ""
    self.selection = selection.text
    nodeCount = count
    stepCount =
      planned.map { $0.steps.count { $0.node.map(results.contains) ?? false } } ?? results.count
    notes = []
    self.lines = lines.lines
  }
}

extension WhyReport.Fate {
  /// The fate of what no output hangs on.
  static let unused = WhyReport.Fate(
    kind: .dropped, count: 1, layers: [],
    events: [.init(pass: "input", message: "no output hangs on it")], results: [], steps: [],
    kernels: [], isInPlace: false, companions: [], helpers: [])
}
