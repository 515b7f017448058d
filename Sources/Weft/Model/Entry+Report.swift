import Foundation

extension Entry {
  /// What a page tells of `runs`, with all that belongs to them: see ``HTMLReport``.
  ///
  /// - Parameters:
  ///   - runs: what ``profiledRuns(bindings:runs:cancellation:progress:)`` of this entry gave.
  ///   - date: when that was, for the page.
  /// - Throws: what compiling and planning throw. A graph that can't be drawn is no error: the page
  ///   says why.
  public func report(of runs: ProfiledRuns, date: Date? = nil) throws -> ReportData {
    var data = ReportData(
      date: date.map(Entry.minute), profile: runs.profile, runs: runs.samples.walls,
      timeline: .init(ofMedian: runs.samples.traced), startup: shared.startup?.report,
      compilation: try compilationReport(bindings: runs.planned.bindings))
    do {
      let bindings = runs.planned.bindings
      let diagram = try planDiagram(
        for: bindings, heat: try heat(of: runs.profile, ofPlan: true, bindings: bindings),
        options: DiagramOptions(followsReader: true))
      data.diagram = String(decoding: try diagram.rendered(.svg), as: UTF8.self)
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
