/// What can be tapped, for people and programs.
public struct TapListing: JSONReport, Sendable {
  private struct Line: Encodable {
    var path: String
    var name: String?
    var type: String
    var line: String?
    var recomputed: Bool
    var heads: Int?
    var aliases: [String]
  }

  private let lines: [Line]
  private let addresses: [String]

  /// What can be tapped of `entry`; of what `patterns` name, where some are given.
  public init(_ entry: Entry, patterns: [String] = []) throws {
    let points = TapPoints(of: try SurvivingValues(entry.graph, entry.shared.passes))
    let shown =
      patterns.isEmpty
      ? points.listed
      : try Tap.select(
        patterns, from: points, weights: entry.graph.parameters.map(\.parameter.name)
      ).map(\.point)
    addresses = shown.map(\.address)
    lines = shown.map { point in
      Line(
        path: point.path, name: point.name, type: "\(point.type)", line: point.line,
        recomputed: point.isRecomputed, heads: point.heads, aliases: points.aliases(of: point))
    }
  }

  /// A table with a row for each value: `run` where a run has it in memory, `again` where a tap computes
  /// it again.
  public var text: String {
    var table = TextTable(columns: [
      .init("tap"), .init("type"), .init("line"), .init("value"), .init("also"),
    ])
    for (line, address) in zip(lines, addresses) {
      table.add([
        address, line.type, line.line ?? "", line.recomputed ? "again" : "run",
        line.aliases.joined(separator: " "),
      ])
    }
    return table.text
  }

  /// An array of objects: `path`, `name` (missing for a layer's result), `type`, `line`, `recomputed`,
  /// `heads` (of an attention) and `aliases`.
  public func encode(to encoder: any Encoder) throws { try lines.encode(to: encoder) }
}
