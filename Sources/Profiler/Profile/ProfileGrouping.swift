/// What a row of a profile's table stands for.
public enum ProfileGrouping: String, CaseIterable, Sendable {
  /// All steps of one op that come from one line of a graph file, called at one line; slowest first.
  case line
  /// A layer with the layers in it, as a tree; layers of one name under one row.
  case layer
  /// All steps of one op, slowest first.
  case op
  /// All steps of one kind of work, slowest first.
  case kind
  /// One step of the plan, in order.
  case step
}

extension Profile {
  /// Steps that are shown together.
  struct Group {
    var name: String
    /// Levels that the name is set in, for trees.
    var level = 0
    var rows: [Row] = []

    var time: Double { sum(\.time) }
    var wait: Double { sum(\.wait) }
    var barrier: Double { sum(\.barrier) }
    var percent: Double { sum(\.percent) }
    var flops: Double { rows.reduce(0) { $0 + Double($1.flops) } }
    var bytes: Double { rows.reduce(0) { $0 + Double($1.bytes) } }
    /// Giga-operations a second; nil where nothing is counted.
    var speed: Double? { rate(flops) }
    var bandwidth: Double? { rate(bytes) }
    /// The time at the ceiling over the time, in percent; nil where no ceiling is known.
    var ceilingPercent: Double? {
      let known = rows.compactMap(\.ceiling)
      guard known.count == rows.count, time > 0 else { return nil }
      return 100 * known.reduce(0, +) / time
    }
    var recoverable: Double? {
      let known = rows.compactMap(\.recoverable)
      return known.count == rows.count && !rows.isEmpty ? known.reduce(0, +) : nil
    }
    /// What keeps most of its time from being less.
    var bound: Bound? {
      var times: [Bound: Double] = [:]
      for row in rows { if let bound = row.bound { times[bound, default: 0] += row.time } }
      return times.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }?.key
    }
    /// The kernels, each once.
    var kernels: [String] {
      var seen: Set<String> = []
      return rows.map(\.kernel).filter { seen.insert($0).inserted }
    }

    func sum(_ value: (Row) -> Double) -> Double { rows.reduce(0) { $0 + value($1) } }

    private func rate(_ amount: Double) -> Double? {
      time > 0 && amount > 0 ? amount / time / 1e6 : nil
    }
  }

  func groups(in view: ProfileView) -> [Group] {
    let rows = rows(in: view)
    return switch view.grouping {
    case .step: rows.map { Group(name: $0.op, rows: [$0]) }
    case .op: Profile.grouped(rows, by: \.op)
    case .kind: Profile.grouped(rows) { $0.category.title }
    case .line:
      Profile.grouped(rows) { row in
        ([row.op] + [row.lines.first, row.caller].map { $0.map { "\($0)" } ?? "" })
          .joined(separator: "\n")
      }
    case .layer: ProfileTree(rows, view).groups
    }
  }

  private static func grouped(_ rows: [Row], by name: (Row) -> String) -> [Group] {
    var groups: [Group] = []
    var places: [String: Int] = [:]
    for row in rows {
      let name = name(row)
      let place = places[name] ?? groups.count
      if place == groups.count {
        places[name] = place
        groups.append(Group(name: name))
      }
      groups[place].rows.append(row)
    }
    // A stable order for equal times.
    return groups.enumerated()
      .sorted { ($1.element.time, $0.offset) < ($0.element.time, $1.offset) }
      .map(\.element)
  }
}
