import Foundation
import Synchronization

/// What all entries of a model share.
struct SharedResources: Sendable {
  let weights: any WeightSource
  let executor: PlanExecutor
  let passes: [any Pass]
  let table: KernelTable
  let packed: PackedWeights
  let offers: [any KernelOffer]
  let startup: StartupRecorder?
  /// How plans order their nodes.
  var order = NodeOrder.quick
  /// How states are stored where a plan doesn't say.
  var states = StateFormat.f32
}

/// One computation of a model: compiled when it is first needed, planned for each binding.
public final class Entry: Sendable {
  /// The graph as it was declared.
  public let graph: Graph
  let modelName: String
  let shared: SharedResources
  private let planner = Mutex<GraphPlanner?>(nil)

  init(_ graph: Graph, of modelName: String, _ shared: SharedResources) {
    self.graph = graph
    self.modelName = modelName
    self.shared = shared
  }

  /// The entry's name.
  public var name: String { graph.name }

  /// The graph after the passes; compiled once.
  public func compiled() throws(CompilationError) -> CompiledGraph {
    try graphPlanner().compiled
  }

  /// The graph after one pass; "input" is the graph before all, "all" the one after all.
  public func graph(after pass: String) throws(CompilationError) -> Graph {
    if pass == "all" { return try compiled().graph }
    let compiled = try PassManager(shared.passes).compile(graph, snapshots: [pass])
    return compiled.report.snapshots[pass] ?? compiled.graph
  }

  func graphPlanner() throws(CompilationError) -> GraphPlanner {
    let made = planner.withLock { planner -> Result<GraphPlanner, CompilationError> in
      Result { () throws(CompilationError) -> GraphPlanner in
        if let planner { return planner }
        let compiled = try PassManager(shared.passes).compile(graph)
        shared.startup?.record(.runPasses, compiled.report.duration)
        let made = GraphPlanner(
          compiled, weights: shared.weights, table: shared.table, packed: shared.packed,
          offers: shared.offers, order: shared.order)
        planner = made
        return made
      }
    }
    return try made.get()
  }

  /// Refuses bindings that give a symbol no value, or one that there isn't.
  func check(_ bindings: Bindings) throws(ModelError) {
    let known = graph.symbols
    let missing = known.filter { bindings[$0] == nil }
    let unknown = bindings.symbols.filter { !known.contains($0) }
    guard missing.isEmpty, unknown.isEmpty else {
      throw .dimensions(missing: missing, unknown: unknown, known: known)
    }
  }

  /// The plan for `bindings`, which give all symbols values, and states stored in `format`; nil: as the
  /// model was told.
  public func plan(
    for bindings: Bindings, states format: StateFormat? = nil
  ) throws -> PlannedGraph {
    try check(bindings)
    (shared.weights as? CheckpointWeights)?.pages.bring()
    let planned = try graphPlanner().plan(for: bindings, states: format ?? shared.states)
    shared.startup?.record(.plan, planned.duration - planned.packing.duration)
    shared.startup?.record(
      .packWeights, planned.packing.duration, byteCount: planned.packing.byteCount)
    return planned
  }

  /// The outputs by name for inputs by name. Symbols get their values from the inputs' extents; those
  /// that only states have, from `bindings`. States are new, and gone after the run.
  public func run(
    _ inputs: [String: Tensor], bindings given: Bindings = Bindings(), trace: Trace? = nil,
    cancellation: Cancellation? = nil
  ) throws -> [String: Tensor] {
    let (bindings, ordered) = try InputBinding.bind(inputs, to: graph, given)
    let planned = try plan(for: bindings)
    let results = try run(planned, ordered, trace: trace, cancellation: cancellation)
    return Dictionary(
      zip(graph.outputs.map(\.name), results), uniquingKeysWith: { first, _ in first })
  }

  /// The outputs of a plan, in the order of declaration.
  ///
  /// - Parameter states: the memory of the plan's states; nil for new ones.
  func run(
    _ planned: PlannedGraph, _ inputs: [Tensor], states: [Storage]? = nil, trace: Trace? = nil,
    cancellation: Cancellation? = nil
  ) throws -> [Tensor] {
    try MemoryLimit.check(MemoryLimit.byteCount(of: planned.plan), for: planned.bindings)
    let states = try states ?? planned.newStates()
    shared.packed.beginRun()
    do {
      return try shared.executor.run(
        planned.plan, inputs: inputs, states: states, trace: trace, cancellation: cancellation)
    } catch {
      guard case .fault(_, let label, _, let message) = error else { throw error }
      let step = planned.steps[label]
      throw ModelError.fault(origin: step.origin, op: step.op, message: message)
    }
  }
}

extension PlannedGraph {
  /// Memory for the plan's states, all zeros.
  func newStates() throws -> [Storage] {
    try plan.states.map { try Storage(zeroPages: $0.byteCount) }
  }
}
