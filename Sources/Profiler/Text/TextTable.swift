/// Rows of text in aligned columns, fitted to a terminal.
///
///     op       calls      ms      %
///     linear      24   9.310   71.2
///
/// Widths count characters. Cells that don't fit lose their middle or their end, in columns that may
/// shrink.
public struct TextTable: Sendable {
  /// Where the text of a cell stands.
  public enum Alignment: Sendable { case left, right }

  /// A column.
  public struct Column: Sendable {
    /// What stands over it.
    public var title: String
    /// Where the text of its cells stands: numbers right, words left.
    public var alignment: Alignment
    /// Whether its cells may be shortened where the table is too wide.
    public var shrinks: Bool
    /// Whether shortened cells lose their end, as sentences should, and not their middle.
    public var losesEnd: Bool

    /// A column under `title`.
    public init(
      _ title: String, _ alignment: Alignment = .left, shrinks: Bool = false,
      losesEnd: Bool = false
    ) {
      self.title = title
      self.alignment = alignment
      self.shrinks = shrinks
      self.losesEnd = losesEnd
    }
  }

  /// The columns.
  public let columns: [Column]
  /// The most characters in a line; nil for no limit.
  public var width: Int?
  private var rows: [[String]] = []
  /// The rows that a line is drawn before.
  private var rules: Set<Int> = []

  /// Narrower than this no cell gets.
  private static let narrowest = 8

  /// A table without rows.
  public init(columns: [Column], width: Int? = nil) {
    self.columns = columns
    self.width = width
  }

  /// Adds a row; missing cells are empty.
  public mutating func add(_ cells: [String]) {
    precondition(cells.count <= columns.count, "a row has at most a cell for each column")
    rows.append(cells + Array(repeating: "", count: columns.count - cells.count))
  }

  /// Draws a line under the rows so far, as before a sum.
  public mutating func addRule() { rules.insert(rows.count) }

  /// The table, a line for each row, without a line break at the end.
  public var text: String {
    let widths = fittedWidths()
    var lines = [line(columns.map(\.title), widths)]
    let length = widths.reduce(0, +) + 2 * max(columns.count - 1, 0)
    for (i, row) in rows.enumerated() {
      if rules.contains(i) { lines.append(String(repeating: "─", count: length)) }
      lines.append(line(row, widths))
    }
    return lines.joined(separator: "\n")
  }

  private func fittedWidths() -> [Int] {
    var widths = columns.indices.map { column in
      rows.reduce(columns[column].title.count) { max($0, $1[column].count) }
    }
    guard let width else { return widths }
    var excess = widths.reduce(0, +) + 2 * max(columns.count - 1, 0) - width
    // The widest gives first, so that short columns stay whole.
    while excess > 0 {
      let candidates = columns.indices.filter {
        columns[$0].shrinks && widths[$0] > Self.narrowest
      }
      guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
      excess -= 1
    }
    return widths
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    var parts: [String] = []
    for (column, cell) in cells.enumerated() {
      let text =
        columns[column].losesEnd
        ? cell.shortenedAtTheEnd(to: widths[column])
        : cell.shortenedInTheMiddle(to: widths[column])
      let blanks = String(repeating: " ", count: widths[column] - text.count)
      parts.append(columns[column].alignment == .left ? text + blanks : blanks + text)
    }
    var line = parts.joined(separator: "  ")
    while line.last == " " { line.removeLast() }
    return line
  }
}

extension String {
  /// At most `limit` characters, the end replaced by `…` where there are more.
  public func shortenedAtTheEnd(to limit: Int) -> String {
    count > limit ? limit > 0 ? prefix(limit - 1) + "…" : "" : self
  }

  /// At most `limit` characters, the middle replaced by `…` where there are more.
  public func shortenedInTheMiddle(to limit: Int) -> String {
    guard count > limit else { return self }
    guard limit > 1 else { return limit == 1 ? "…" : "" }
    // The end of a path says more than its middle: it gets the odd character.
    let tail = limit / 2
    return prefix(limit - 1 - tail) + "…" + suffix(tail)
  }
}
