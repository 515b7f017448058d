extension ProfileComparison {
  /// The comparison for people, at most `width` characters wide.
  ///
  /// - Parameter groupings: ``ProfileGrouping/op`` and ``ProfileGrouping/layer`` are tables of their
  ///   own; any other one is the table by layer and op.
  public func text(by groupings: [ProfileGrouping] = [.op, .layer], width: Int? = 110) -> String {
    var blocks = [verdict]
    for grouping in groupings {
      let (title, changes) =
        switch grouping {
        case .op: ("op", ops)
        case .layer: ("layer", layers)
        default: ("layer and op", rows)
        }
      blocks.append(table(title, changes, width))
    }
    if !differences.isEmpty {
      blocks.append(
        "The two differ in more than time:\n"
          + differences.map { "  " + $0 }.joined(separator: "\n"))
    }
    return blocks.joined(separator: "\n\n")
  }

  private var verdict: String {
    let (before, after) = (run.before ?? 0, run.after ?? 0)
    let times =
      "a run took \(Figures.milliseconds(before)) ms and takes \(Figures.milliseconds(after))"
    let noise = "noise ± \(Figures.milliseconds(run.noise)) ms"
    let percent = run.percent.map { Figures.fixed($0.magnitude, 1) + " %" } ?? ""
    return switch run.verdict {
    case .slower: "\(times): \(percent) slower (\(noise))"
    case .faster: "\(times): \(percent) faster (\(noise))"
    default: "\(times): no change beyond the noise (\(noise))"
    }
  }

  private func table(_ title: String, _ changes: [Change], _ width: Int?) -> String {
    let unit = TimeUnit(forRun: max(run.before ?? 0, run.after ?? 0))
    var table = TextTable(
      columns: [
        .init(title, shrinks: true), .init("before \(unit.rawValue)", .right),
        .init("after \(unit.rawValue)", .right),
        .init("change", .right), .init("%", .right), .init("noise ±", .right), .init(""),
      ], width: width)
    for change in changes {
      table.add([
        String(repeating: "  ", count: change.level) + change.name,
        change.before.map(unit.text) ?? "", change.after.map(unit.text) ?? "",
        (change.change > 0 ? "+" : "") + unit.text(change.change),
        change.percent.map { ($0 > 0 ? "+" : "") + Figures.fixed($0, 1) } ?? "",
        unit.text(change.noise),
        change.verdict.title,
      ])
    }
    return table.text
  }
}

extension ProfileComparison.Verdict {
  fileprivate var title: String {
    switch self {
    case .slower: "slower"
    case .faster: "faster"
    case .withinNoise: "within noise"
    case .gone: "gone"
    case .new: "new"
    }
  }
}
