import Foundation

extension RunComparison {
  /// The comparison for people: a row for each value, then the first that differs and the worst.
  public var text: String { text(width: 110) }

  /// The comparison in lines of at most so many characters, where that is possible.
  public func text(width: Int?) -> String {
    var table = TextTable(
      columns: [
        .init("value"), .init("line", shrinks: true), .init("max", .right),
        .init("mean", .right), .init("relative", .right), .init("cosine", .right), .init(""),
      ], width: width)
    let (first, worst) = (first, worst)
    for row in rows {
      let marks = [row == first ? "first" : "", row == worst ? "worst" : ""]
      table.add([
        row.address, row.line ?? "", Self.number(row.max), Self.number(row.mean),
        Self.number(row.relative), String(format: "%.6f", row.cosine),
        marks.filter { !$0.isEmpty }.joined(separator: ", "),
      ])
    }
    var lines = [table.text, ""]
    let limit = String(format: "%g", tolerance)
    lines.append(
      first.map { "first over \(limit): \(Self.sentence($0))" }
        ?? "all \(rows.count) values agree to a relative error of \(limit)")
    if let worst, worst.relative != 0 { lines.append("worst: \(Self.sentence(worst))") }
    if !unmatched.isEmpty {
      lines.append(
        "\(unmatched.count) value\(unmatched.count == 1 ? "" : "s") without a counterpart of the same "
          + "extents: " + unmatched.prefix(5).joined(separator: ", ")
          + (unmatched.count > 5 ? ", …" : ""))
    }
    return lines.joined(separator: "\n")
  }

  private static func sentence(_ row: Row) -> String {
    row.address + (row.line.map { " (\($0))" } ?? "")
      + ", relative \(number(row.relative)), largest \(number(row.max))"
  }

  private static func number(_ value: Double) -> String {
    value == 0 ? "0" : String(format: "%.2e", value)
  }
}
