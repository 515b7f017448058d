import Compiler
import GraphLanguage
import IR

/// What one pass did to a graph, and what it nearly did.
///
/// As JSON it has exactly the properties below.
public struct PassReport: Codable, Hashable, Sendable, JSONReport {
  /// What a pass did several times.
  public struct Applied: Codable, Hashable, Sendable {
    /// What it did.
    public var message: String
    /// How many times.
    public var count: Int
  }

  /// The pass.
  public var pass: String
  /// What it does.
  public var summary: String
  /// The model.
  public var model: String
  /// The entry.
  public var entry: String
  /// What it did.
  public var applied: [Applied]
  /// What it nearly did, line by line.
  public var lines: [WhyReport.Line]

  /// A report on `pass` and what it said of `compiled`.
  ///
  /// - Parameter outlines: the model's files, the root first.
  public init(
    model: String, _ compiled: CompiledGraph, of pass: any Pass, outlines: [SourceOutline]
  ) {
    self.pass = pass.name
    summary = pass.summary
    self.model = model
    entry = compiled.source.name
    let remarks = compiled.report.remarks.filter { $0.pass == pass.name }
    applied = []
    for remark in remarks where remark.kind == .applied {
      if let at = applied.firstIndex(where: { $0.message == remark.message }) {
        applied[at].count += 1
      } else {
        applied.append(Applied(message: remark.message, count: 1))
      }
    }
    lines = LineCollector.lines(of: remarks.filter { $0.kind == .missed }, outlines)
  }

  /// The report for people; `colored` for a terminal.
  public func text(colored: Bool = false) -> String {
    let style = WhyStyle(colored: colored)
    var head = style.pass(pass) + ": " + summary
    let width = applied.map { "\($0.count)".count }.max() ?? 0
    for one in applied {
      let times = String(repeating: " ", count: width - "\(one.count)".count) + "\(one.count)"
      head += "\n  \(times) × \(one.message)"
    }
    if applied.isEmpty { head += "\n  nothing was rewritten" }
    guard !lines.isEmpty else { return head + "\n  nothing was nearly rewritten\n" }
    return ([head] + lines.map { $0.missText(style) }).joined(separator: "\n\n") + "\n"
  }
}
