extension Profile {
  /// The profile as a table, at most `width` characters wide, and what the sum leaves of the time.
  public func text(by grouping: ProfileGrouping, width: Int? = 110) -> String {
    let groups = groups(by: grouping)
    var table = TextTable(columns: columns(grouping), width: width)
    for group in groups { table.add(cells(group, grouping)) }
    table.addRule()
    table.add(cells(Group(name: "all", rows: steps), grouping, isSum: true))
    return table.text + "\n\n" + summary
  }

  private func columns(_ grouping: ProfileGrouping) -> [TextTable.Column] {
    let numbers: [TextTable.Column] = [
      .init("ms", .right), .init("%", .right), .init("GFLOP/s", .right), .init("GB/s", .right),
      .init("wait ms", .right),
    ]
    return switch grouping {
    case .step:
      [
        .init("#", .right), .init("op"), .init("kernel", shrinks: true),
        .init("layer", shrinks: true), .init("line", shrinks: true),
      ] + numbers
    case .op:
      [.init("op"), .init("kernel", shrinks: true), .init("calls", .right)] + numbers
    case .layer: [.init("layer", shrinks: true), .init("calls", .right)] + numbers
    case .line:
      [
        .init("op"), .init("line", shrinks: true), .init("called at", shrinks: true),
        .init("calls", .right),
      ] + numbers
    }
  }

  private func cells(
    _ group: Group, _ grouping: ProfileGrouping, isSum: Bool = false
  ) -> [String] {
    let numbers = [
      Figures.milliseconds(group.median), Figures.fixed(group.percent, 1),
      group.speed.map(Figures.short) ?? "", group.bandwidth.map(Figures.short) ?? "",
      Figures.milliseconds(group.wait),
    ]
    let calls = "\(group.rows.count)"
    switch grouping {
    case .step:
      guard let row = group.rows.first, !isSum else { return ["", "all", "", "", ""] + numbers }
      let more = row.lines.count > 1 ? " +\(row.lines.count - 1)" : ""
      let line = row.lines.first.map { $0.text + more } ?? ""
      return ["\(row.step)", row.op, row.kernel, row.layer, line] + numbers
    case .op:
      let kernels = group.kernels
      let kernel = kernels.count == 1 ? kernels[0] : "\(kernels.count) kernels"
      return [group.name, isSum ? "" : kernel, calls] + numbers
    case .layer:
      return [String(repeating: "  ", count: group.level) + group.name, calls] + numbers
    case .line:
      guard let row = group.rows.first, !isSum else { return ["all", "", "", calls] + numbers }
      return [row.op, row.lines.first?.text ?? "", row.caller?.text ?? "", calls] + numbers
    }
  }

  /// The sum of the steps against the time of a run.
  private var summary: String {
    guard runs > 0 else { return "no run was timed" }
    let share = wall > 0 ? 100 * sum / wall : 0
    return
      "\(runs) \(runs == 1 ? "run" : "runs"), \(threads) \(threads == 1 ? "thread" : "threads"):"
      + " a run takes \(Figures.milliseconds(wall)) ms"
      + " (fastest \(Figures.milliseconds(fastest)), slowest \(Figures.milliseconds(slowest))"
      + (untraced.map { ", untraced \(Figures.milliseconds($0))" } ?? "") + ");"
      + " its \(steps.count) steps take \(Figures.milliseconds(sum)) ms,"
      + " \(Figures.fixed(share, 1)) % of it."
      + (peakResidentByteCount.map { " Peak resident set \(Figures.bytes($0))." } ?? "")
  }
}
