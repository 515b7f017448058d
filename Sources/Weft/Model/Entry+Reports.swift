extension Entry {
  /// The graph as text, after a pass ("input": before all; nil: after all).
  public func dump(after pass: String?, origins: Bool) throws -> String {
    GraphPrinter(showsOrigins: origins).text(of: try graph(after: pass ?? "all"))
  }

  /// What the passes did and, for `bindings`, how memory is planned.
  public func compilationReport(bindings: Bindings?) throws -> CompilerReport {
    let compiled = try compiled()
    guard let bindings else { return CompilerReport(compiled) }
    return CompilerReport(
      compiled, memory: MemoryReport(of: try plan(for: bindings), packed: shared.packed))
  }

  /// Times `runs` runs on random inputs, after three that aren't timed. Runs with and without a trace
  /// take turns, so that the profile can say what tracing costs.
  public func profile(
    bindings: Bindings, runs: Int, cancellation: Cancellation? = nil,
    progress: (Int) -> Void = { _ in }
  ) throws -> Profile {
    let inputs = try randomInputs(bindings: bindings, seed: 0)
    let (_, ordered) = try InputBinding.bind(inputs, to: graph)
    let planned = try plan(for: bindings)
    for _ in 0..<3 { _ = try run(planned, ordered, cancellation: cancellation) }
    let trace = Trace()
    var untraced: [Int] = []
    for i in 0..<runs {
      _ = try run(planned, ordered, trace: trace, cancellation: cancellation)
      let start = Clock.nanoseconds()
      _ = try run(planned, ordered, cancellation: cancellation)
      untraced.append(Clock.nanoseconds() - start)
      progress(i + 1)
    }
    return Profile(of: planned, runs: trace.runs, untraced: untraced)
  }
}
