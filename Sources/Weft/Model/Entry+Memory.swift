extension Entry {
  /// What a run with `bindings` takes, told before any weight is read, drawn or packed.
  ///
  /// The process is counted as it is when this is called: call it where a run would be called.
  public func memoryReport(bindings: Bindings) throws -> MemoryReport {
    try check(bindings)
    let weights = untouchedWeights()
    let packed = PackedWeights(threads: shared.executor.threads, onlyPromises: true)
    let planner = GraphPlanner(
      try compiled(), weights: weights, table: shared.table, packed: packed)
    let planned = try planner.plan(for: bindings)
    let process = PeakResident.currentByteCount
    var report = MemoryReport(of: planned, packed: packed)
    report.model = name == "main" ? modelName : "\(modelName), \(name)"
    report.bindings = bindings.symbols.reduce(into: [:]) { $0[$1] = bindings[$1] }
    report.threads = shared.executor.threads
    report.storedWeights = weights.byteCount
    report.resident = ResidentMemory(
      of: planned, packed: packed, threads: shared.executor.threads,
      storedByteCount: weights.heldByteCount, process: process)
    report.passes = try passMemory(bindings)
    return report
  }

  /// The model's weights, but none that a run would draw at random; those of a model without any are
  /// told as if a checkpoint had them.
  private func untouchedWeights() -> UntouchedWeights {
    switch shared.weights {
    case is RandomWeights: UntouchedWeights(isMapped: false)
    case is NoWeights: UntouchedWeights(isMapped: true)
    case let weights: UntouchedWeights(isMapped: true, over: weights)
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
