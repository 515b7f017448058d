import Synchronization

/// What is tapped of an entry: values inside of it that a run gives back beside its outputs.
///
/// ```swift
/// let taps = try entry.taps(["encoder.layer.*.attention:probabilities"])
/// let outputs = try entry.run(inputs)
/// let inside = try taps.run(inputs)
/// ```
///
/// The outputs come from the same plan whether something is tapped or not. Taps have a plan of their
/// own, which is made when they are first run: the steps of the first that lead to what is tapped, and
/// steps for what the first never has in memory.
public final class Taps: Sendable {
  private let taps: [Tap]
  private let entry: Entry
  private let graph: CompiledGraph
  private let planner = Mutex<GraphPlanner?>(nil)

  init(_ taps: [Tap], of entry: Entry, _ surviving: SurvivingValues) throws {
    self.taps = taps
    self.entry = entry
    graph = try TapGraph.graph(of: taps, surviving, entry.shared.passes)
  }

  /// The names of the tensors, in the order of the model.
  public var names: [String] { taps.map(\.name) }

  /// Refuses inputs for which more would be tapped than there is memory.
  ///
  /// - Throws: ``TapError/memory(needed:limit:largest:bytes:)``, and what is wrong with the inputs.
  public func check(_ inputs: [String: Tensor], bindings given: Bindings = Bindings()) throws {
    let (bindings, _) = try InputBinding.bind(inputs, to: entry.graph, given)
    try check(bindings, limit: MemoryLimit.byteCount)
  }

  func check(_ bindings: Bindings, limit: Int) throws {
    let sizes = taps.map { $0.byteCount(for: bindings) }
    let needed = sizes.reduce(0) { sum, bytes in
      let (total, overflow) = sum.addingReportingOverflow(bytes)
      return overflow ? .max : total
    }
    guard needed > limit, let largest = sizes.indices.max(by: { sizes[$0] < sizes[$1] }) else {
      return
    }
    throw TapError.memory(
      needed: needed, limit: limit, largest: taps[largest].name, bytes: sizes[largest])
  }

  /// What is tapped of a run on `inputs`, by name: ``names``.
  public func run(
    _ inputs: [String: Tensor], bindings given: Bindings = Bindings(),
    cancellation: Cancellation? = nil
  ) throws -> [String: Tensor] {
    let (bindings, ordered) = try InputBinding.bind(inputs, to: entry.graph, given)
    try check(bindings, limit: MemoryLimit.byteCount)
    let tensors = try entry.run(plan(for: bindings), ordered, cancellation: cancellation)
    return Dictionary(zip(names, tensors), uniquingKeysWith: { first, _ in first })
  }

  private func plan(for bindings: Bindings) throws -> PlannedGraph {
    let main = try entry.graphPlanner()
    // Not before: by now a run has asked for the weights, and they are shared.
    let planner = planner.withLock { planner in
      let made = planner ?? GraphPlanner(graph, sharing: main)
      planner = made
      return made
    }
    return try planner.plan(for: bindings, states: entry.shared.states)
  }
}

extension Entry {
  /// All that can be tapped, in the order of the model, each value once.
  public func tapPoints() throws -> [TapPoint] {
    TapPoints(of: try SurvivingValues(graph, shared.passes)).listed
  }

  /// What `patterns` name: ``TapPoint/address``, with `*` for any characters of one level, `**` for any
  /// levels, and heads in brackets behind an attention's `probabilities` and `scores`.
  ///
  /// - Throws: ``TapError`` for a pattern that names nothing.
  public func taps(_ patterns: [String]) throws -> Taps {
    let surviving = try SurvivingValues(graph, shared.passes)
    let taps = try Tap.select(
      patterns, from: TapPoints(of: surviving),
      weights: graph.parameters.map(\.parameter.name))
    return try Taps(taps, of: self, surviving)
  }
}
