extension Profile {
  /// The profile as a table, at most `width` characters wide, and what the time of a run is made of.
  public func text(by grouping: ProfileGrouping, width: Int? = 110) -> String {
    table(ProfileView(by: grouping, width: width)) + "\n\n" + summary(width: width)
  }

  /// The profile as `view` asks for it, and what the time of a run is made of.
  ///
  /// - Throws: ``ProfileError`` where the view names a layer that isn't there.
  public func text(_ view: ProfileView) throws(ProfileError) -> String {
    try view.check(self)
    return table(view) + "\n\n" + summary(width: view.width)
  }

  private func table(_ view: ProfileView) -> String {
    let groups = groups(in: view)
    let all = Group(name: view.focus ?? "all", rows: rows(in: view))
    let names = nameColumns(view.grouping, view.width)
    let figures = view.columns ?? fitting(view, names, groups + [all])
    let unit = TimeUnit(forRun: wall)
    let columns = names.map(\.column) + figures.map { $0.column(in: unit) }
    var table = TextTable(columns: columns, width: view.width)
    for group in groups {
      table.add(names.map { $0.cell(group) } + figures.map { $0.cell(group, in: unit) })
    }
    table.addRule()
    let sum = names.indices.map { $0 == (view.grouping == .step ? 1 : 0) ? all.name : "" }
    table.add(sum + figures.map { $0.cell(all, in: unit) })
    return table.text
  }

  /// A column that says what a row is.
  private struct NameColumn {
    var column: TextTable.Column
    /// As wide as it is before figures have to go.
    var comfortable: Int
    var cell: (Group) -> String

    init(
      _ title: String, _ comfortable: Int = .max, losesEnd: Bool = false,
      _ cell: @escaping (Group) -> String
    ) {
      column = .init(title, shrinks: comfortable < .max, losesEnd: losesEnd)
      self.comfortable = comfortable
      self.cell = cell
    }
  }

  /// The columns that `view` has room for: the first two always, then the most telling.
  private func fitting(
    _ view: ProfileView, _ names: [NameColumn], _ groups: [Group]
  ) -> [ProfileColumn] {
    let unit = TimeUnit(forRun: wall)
    var chosen: [ProfileColumn] = [.time, .percent]
    func width(_ title: String, _ cell: (Group) -> String) -> Int {
      groups.reduce(title.count) { max($0, cell($1).count) } + 2
    }
    guard let limit = view.width else { return ProfileColumn.allCases }
    var used = names.reduce(-2) { sum, name in
      let natural = width(name.column.title, name.cell)
      return sum + min(natural, name.comfortable == .max ? natural : name.comfortable + 2)
    }
    for column in chosen {
      used += width(column.column(in: unit).title) { column.cell($0, in: unit) }
    }
    for column in ProfileColumn.byImportance {
      let cell = { (group: Group) in column.cell(group, in: unit) }
      let more = width(column.column(in: unit).title, cell)
      if groups.allSatisfy({ cell($0).isEmpty }) { continue }
      if used + more > limit { break }
      used += more
      chosen.append(column)
    }
    return ProfileColumn.allCases.filter(chosen.contains)
  }

  private func nameColumns(_ grouping: ProfileGrouping, _ width: Int?) -> [NameColumn] {
    let (isNarrow, isWide) = (width.map { $0 < 100 } ?? false, width.map { $0 >= 140 } ?? true)
    switch grouping {
    case .step:
      let kernel = NameColumn("kernel", 16) { $0.rows.first?.kernel ?? "" }
      return [
        NameColumn("#") { $0.rows.first.map { "\($0.step)" } ?? "" },
        NameColumn("op") { $0.rows.first?.op ?? "" },
      ] + (isNarrow ? [] : [kernel]) + [
        NameColumn("layer", 20) { $0.rows.first?.layer ?? "" },
        NameColumn("line", 16) { group in
          guard let row = group.rows.first, let line = row.lines.first else { return "" }
          return line.text + (row.lines.count > 1 ? " +\(row.lines.count - 1)" : "")
        },
      ]
    case .op:
      return [
        NameColumn("op") { $0.name },
        NameColumn("kernel", 24) { group in
          group.kernels.count == 1 ? group.kernels[0] : "\(group.kernels.count) kernels"
        },
      ]
    case .kind: return [NameColumn("kind") { $0.name }]
    case .layer:
      return [
        NameColumn("layer", 24) { String(repeating: "  ", count: $0.level) + $0.name }
      ]
    case .line:
      let shared = sharedLines
      func own(_ group: Group) -> (named: Line?, via: Line?) {
        guard let row = group.rows.first, let line = row.lines.first else { return (nil, nil) }
        guard let caller = row.caller, shared.contains(line) else { return (line, nil) }
        return (caller, line)
      }
      let op = NameColumn("op") { $0.rows.first?.op ?? "" }
      let via = NameColumn("via", 14) { own($0).via?.text ?? "" }
      let sourceWidth = isNarrow ? 24 : isWide ? 56 : 36
      return (isNarrow ? [] : [op]) + [
        NameColumn("line", 16) { own($0).named?.text ?? "" },
        NameColumn("source", sourceWidth, losesEnd: true) { own($0).named?.source ?? "" },
      ] + (isWide ? [via] : [])
    }
  }

  /// Lines that are called at several others, such as that of a linear layer: a row is named after
  /// the line that calls them.
  private var sharedLines: Set<Line> {
    var callers: [Line: Set<Line>] = [:]
    for row in steps {
      if let line = row.lines.first, let caller = row.caller {
        callers[line, default: []].insert(caller)
      }
    }
    return Set(callers.filter { $0.value.count > 1 }.keys)
  }
}
