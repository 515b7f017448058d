import IR

/// Runs passes over a graph: applies what they return, drops what nothing uses, verifies, counts.
public struct PassManager: Sendable {
  /// The passes, in the order in which they run.
  public let passes: [any Pass]

  /// Sweeps after which a pass that still rewrites is stopped.
  public static let sweepLimit = 1000

  /// A manager of `passes`.
  public init(_ passes: [any Pass]) { self.passes = passes }

  /// `graph` after all passes.
  ///
  /// - Parameters:
  ///   - snapshots: names of passes whose graph is kept in the result; "input" is the graph before
  ///     all.
  ///   - tracingLineage: whether the result says what became of each node.
  public func compile(
    _ graph: Graph, snapshots: Set<String> = [], tracingLineage: Bool = false
  ) throws(CompilationError) -> CompiledGraph {
    let known = passes.reduce(into: ["input"]) { known, pass in
      if !known.contains(pass.name) { known.append(pass.name) }
    }
    for name in snapshots.sorted() where !known.contains(name) {
      throw .unknownPass(name, known: known)
    }
    let clock = ContinuousClock()
    let start = clock.now
    var report = CompilationReport()
    var lineage = tracingLineage ? Lineage(of: graph) : nil
    var current = pruned(graph, pass: "input", &lineage)
    try verify(current, after: "input")
    if snapshots.contains("input") { report.snapshots["input"] = current }
    for pass in passes {
      current = try run(pass, on: current, &report, &lineage)
      if snapshots.contains(pass.name) { report.snapshots[pass.name] = current }
    }
    report.duration = clock.now - start
    return CompiledGraph(source: graph, graph: current, report: report, lineage: lineage)
  }

  private func pruned(_ graph: Graph, pass: String, _ lineage: inout Lineage?) -> Graph {
    let (pruned, sources) = graph.prunedWithSources()
    lineage?.prune(sources, pass: pass)
    return pruned
  }

  /// `graph` with `patches` of `pass`, without what nothing uses then.
  private func apply(
    _ patches: [Patch], of context: PassContext, to graph: Graph, _ lineage: inout Lineage?
  ) throws(CompilationError) -> Graph {
    do {
      let (rewritten, sources) = try graph.applyingWithSources(patches)
      if lineage != nil {
        lineage?.apply(
          patches, patches.map { context.message(of: $0) ?? "rewritten" }, from: graph,
          to: rewritten, sources, pass: context.pass)
      }
      return pruned(rewritten, pass: context.pass, &lineage)
    } catch {
      throw .patch(pass: context.pass, error)
    }
  }

  private func run(
    _ pass: any Pass, on graph: Graph, _ report: inout CompilationReport,
    _ lineage: inout Lineage?
  ) throws(CompilationError) -> Graph {
    let clock = ContinuousClock()
    let start = clock.now
    var current = graph
    var statistics = PassStatistics(pass: pass.name, nodesBefore: graph.nodes.count)
    var remarks: [PassContext.Remark] = []
    while true {
      var context = PassContext(pass: pass.name)
      let patches: [Patch]
      do {
        patches = try pass.run(on: current, context: &context)
      } catch {
        throw .passFailed(pass: pass.name, "\(error)")
      }
      // A near miss is only final in the sweep that finds nothing more to do.
      remarks += patches.isEmpty ? context.remarks : context.remarks.filter { $0.kind == .applied }
      if patches.isEmpty { break }
      statistics.sweeps += 1
      statistics.patches += patches.count
      guard statistics.sweeps <= Self.sweepLimit,
        current.nodes.count <= 100 * statistics.nodesBefore + 10_000
      else { throw .unsettled(pass: pass.name) }
      current = try apply(patches, of: context, to: current, &lineage)
      try verify(current, after: pass.name)
    }
    statistics.nodesAfter = current.nodes.count
    statistics.duration = clock.now - start
    report.passes.append(statistics)
    report.add(remarks)
    return current
  }

  private func verify(_ graph: Graph, after pass: String) throws(CompilationError) {
    do {
      try Verifier.verify(graph)
    } catch {
      throw .invalid(pass: pass, error)
    }
  }
}
