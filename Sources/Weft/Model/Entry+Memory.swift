extension Entry {
  /// What a run with `bindings` takes, told before any weight is read, drawn or packed.
  ///
  /// The process is counted as it is when this is called: call it where a run would be called.
  public func memoryReport(bindings: Bindings) throws -> MemoryReport {
    var report = try foresight(bindings, MemorySetting(self)).report
    report.passes = try passMemory(bindings)
    return report
  }

  /// A plan that never runs, and what it would take as `setting` says.
  ///
  /// - Parameter process: what the process takes; nil: what it takes when the plan is made.
  func foresight(
    _ bindings: Bindings, _ setting: MemorySetting, process: Int? = nil
  ) throws -> MemoryForesight {
    try check(bindings)
    let weights = untouchedWeights(setting.forms)
    let packed = PackedWeights(threads: shared.executor.threads, onlyPromises: true)
    let planner = GraphPlanner(
      try compiled(), weights: weights, table: shared.table, packed: packed,
      offers: shared.offers, order: setting.lowMemory ? .searched : .quick)
    let planned = try planner.plan(for: bindings, states: shared.states)
    let process = process ?? PeakResident.currentByteCount
    var report = MemoryReport(of: planned, packed: packed)
    report.model = name == "main" ? modelName : "\(modelName), \(name)"
    report.bindings = bindings.symbols.reduce(into: [:]) { $0[$1] = bindings[$1] }
    report.threads = setting.threads
    report.storedWeights = weights.byteCount
    report.resident = ResidentMemory(
      of: planned, packed: packed, threads: setting.threads,
      storedByteCount: weights.heldByteCount, process: process)
    return MemoryForesight(report: report, planned: planned, packed: packed, weights: weights)
  }

  /// The model's weights, but none that a run would draw at random; those of a model without any are
  /// told as if a checkpoint had them, and so are those in other forms.
  private func untouchedWeights(_ forms: [String: StoredForm]) -> UntouchedWeights {
    switch shared.weights {
    case is RandomWeights: UntouchedWeights(isMapped: !forms.isEmpty, forms: forms)
    case is NoWeights: UntouchedWeights(isMapped: true, forms: forms)
    case let weights: UntouchedWeights(isMapped: true, over: weights, forms: forms)
    }
  }

  /// What each pass that changed it made of what a run takes.
  private func passMemory(_ bindings: Bindings) throws -> [MemoryReport.Pass] {
    var graph = graph
    var sketch = try MemorySketch(of: graph.pruned(), bindings: bindings)
    var passes = [MemoryReport.Pass(name: "input", sketch)]
    for pass in shared.passes {
      let compiled = try PassManager([pass]).compile(graph)
      graph = compiled.graph
      guard compiled.report.passes.contains(where: { $0.patches > 0 }) else { continue }
      let next = try MemorySketch(of: graph, bindings: bindings)
      if next != sketch { passes.append(MemoryReport.Pass(name: pass.name, next)) }
      sketch = next
    }
    return passes
  }
}

/// What may be chosen so that a model takes less memory.
struct MemorySetting {
  var lowMemory: Bool
  var threads: Int
  var scheme: QuantizationScheme?
  var forms: [String: StoredForm] = [:]

  /// As `entry` would run.
  init(_ entry: Entry) {
    lowMemory = entry.shared.order == .searched
    threads = entry.shared.executor.threads
  }
}

/// A plan that never runs, and what it would take.
struct MemoryForesight {
  let report: MemoryReport
  let planned: PlannedGraph
  let packed: PackedWeights
  let weights: UntouchedWeights

  var peak: Int { report.resident?.peak ?? 0 }
}
