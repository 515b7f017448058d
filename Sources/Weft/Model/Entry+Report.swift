import Foundation

extension Entry {
  /// A profile with all that belongs to it, for a page: see ``HTMLReport``.
  ///
  /// Times `runs` runs on random inputs as ``profile(bindings:runs:cancellation:progress:)`` does, and
  /// measures what the machine reaches at most.
  ///
  /// - Parameters:
  ///   - startup: where the start was written down; the page tells none where there is none.
  ///   - date: when that is, for the page.
  public func report(
    bindings: Bindings, runs: Int, startup: StartupReport? = nil, date: Date? = nil,
    cancellation: Cancellation? = nil, progress: (Int) -> Void = { _ in }
  ) throws -> ReportData {
    let inputs = try randomInputs(bindings: bindings, seed: 0)
    let (_, ordered) = try InputBinding.bind(inputs, to: graph)
    let planned = try plan(for: bindings)
    for _ in 0..<3 { _ = try run(planned, ordered, cancellation: cancellation) }
    let trace = Trace()
    for i in 0..<runs {
      _ = try run(planned, ordered, trace: trace, cancellation: cancellation)
      progress(i + 1)
    }
    let machine = try MachineReport.measure(seconds: 0.05)
    var data = ReportData(
      model: modelName, entry: name, bindings: [:], date: date.map(Entry.minute),
      machine: .init(machine), runs: trace.runs.map { Double($0.duration) / 1e6 },
      profile: Profile(of: planned, runs: trace.runs), timeline: .init(ofMedian: trace.runs),
      startup: startup, compilation: try compilationReport(bindings: bindings))
    for symbol in bindings.symbols { data.bindings[symbol] = bindings[symbol] }
    do {
      data.diagram = String(decoding: try diagram(after: "all").rendered(.svg), as: UTF8.self)
    } catch let error as DiagramError {
      data.diagramProblem = "\(error)"
    }
    return data
  }

  /// `2026-03-01 14:05 UTC`.
  private static func minute(of date: Date) -> String {
    let text = date.formatted(.iso8601)
    return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
  }
}
