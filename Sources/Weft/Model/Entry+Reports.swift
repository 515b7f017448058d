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
}
