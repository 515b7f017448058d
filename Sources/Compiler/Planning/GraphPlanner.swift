import Executor
import IR
import Synchronization
import Tensors

/// Makes plans of one compiled graph for any dimensions, and keeps the latest.
///
/// Weights are asked for once; packed copies and what hangs on weights alone are shared by all plans.
public final class GraphPlanner: Sendable {
  /// The graph after the passes.
  public let compiled: CompiledGraph
  /// Packed weights of all plans.
  public let packed: PackedWeights
  /// The C kernels.
  public let table: KernelTable
  private let weights: any WeightSource
  private let order: NodeOrder
  private let offers: [any KernelOffer]
  private let known: Mutex<KnownValues>
  private let cache: Mutex<PlanCache>

  /// A planner of `compiled` with `weights`.
  ///
  /// - Parameters:
  ///   - offers: kernels that are asked for before those of the ops.
  ///   - order: how the order of the nodes is chosen.
  ///   - cacheLimit: how many plans are kept.
  public init(
    _ compiled: CompiledGraph, weights: any WeightSource, table: KernelTable,
    packed: PackedWeights = PackedWeights(), offers: [any KernelOffer] = [],
    order: NodeOrder = .quick, cacheLimit: Int = 32
  ) {
    self.offers = offers
    self.order = order
    self.compiled = compiled
    self.weights = weights
    self.table = table
    self.packed = packed
    known = Mutex(KnownValues())
    cache = Mutex(PlanCache(limit: cacheLimit))
  }

  /// A planner of another graph of the same model: weights that `planner` has asked for stand in memory
  /// once for both, and packed ones, too.
  public init(_ compiled: CompiledGraph, sharing planner: GraphPlanner, cacheLimit: Int = 4) {
    self.compiled = compiled
    order = planner.order
    offers = planner.offers
    weights = planner.weights
    packed = planner.packed
    table = planner.table
    known = Mutex(KnownValues(sharing: planner.known.withLock { $0 }))
    cache = Mutex(PlanCache(limit: cacheLimit))
  }

  /// The plan for `bindings`, which give every symbol of the graph a value, and states stored so.
  public func plan(
    for bindings: Bindings, states format: StateFormat = .f32
  ) throws(PlanningError) -> PlannedGraph {
    let key = PlanCache.Key(bindings: bindings, states: format)
    if let plan = cache.withLock({ $0[key] }) { return plan }
    var plan = try makePlan(for: key)
    plan.packing = packed.finish()
    plan.duration += plan.packing.duration
    cache.withLock { $0[key] = plan }
    return plan
  }

  /// The plan, with weights that are promised and not yet packed.
  private func makePlan(for key: PlanCache.Key) throws(PlanningError) -> PlannedGraph {
    let clock = ContinuousClock()
    let start = clock.now
    let bound: Graph
    do {
      bound = try compiled.graph.binding(key.bindings)
      // A pass may have merged or dropped the op that refuses these bindings.
      _ = try compiled.source.binding(key.bindings)
    } catch {
      throw .binding(error)
    }
    let result = known.withLock { known -> Result<PlannedGraph, PlanningError> in
      Result { () throws(PlanningError) -> PlannedGraph in
        let values = try known.resolve(
          bound, symbolic: compiled.graph, weights: weights, table: table, packed: packed)
        var builder = PlanBuilder(
          bound, known: values, table: table, packed: packed, offers: offers, order: order,
          stateFormat: key.states)
        return try builder.build(bindings: key.bindings, since: start)
      }
    }
    return try result.get()
  }
}

/// The plans that were used last.
struct PlanCache: Sendable {
  /// What a plan is made for.
  struct Key: Hashable, Sendable {
    var bindings: Bindings
    var states: StateFormat
  }

  private let limit: Int
  private var plans: [Key: (plan: PlannedGraph, used: Int)] = [:]
  private var clock = 0

  init(limit: Int) { self.limit = max(1, limit) }

  subscript(key: Key) -> PlannedGraph? {
    mutating get {
      guard let known = plans[key] else { return nil }
      clock += 1
      plans[key] = (known.plan, clock)
      return known.plan
    }
    set {
      clock += 1
      plans[key] = newValue.map { ($0, clock) }
      while plans.count > limit, let oldest = plans.min(by: { $0.value.used < $1.value.used }) {
        plans[oldest.key] = nil
      }
    }
  }
}
