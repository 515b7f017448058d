/// What a row of a profile's table stands for.
public enum ProfileGrouping: String, CaseIterable, Sendable {
  /// One step of the plan, in order.
  case step
  /// All steps of one op, slowest first.
  case op
  /// A layer with the layers in it, as a tree; layers of one name under one row.
  case layer
  /// All steps of one op that come from one line of a graph file, called at one line; slowest first.
  case line
}

extension Profile {
  /// Steps that are shown together.
  struct Group {
    var name: String
    /// Levels that the name is set in, for trees.
    var level = 0
    var rows: [Row] = []

    var median: Double { rows.reduce(0) { $0 + $1.median } }
    var wait: Double { rows.reduce(0) { $0 + $1.wait } }
    var percent: Double { rows.reduce(0) { $0 + $1.percent } }
    /// Giga-operations a second; nil where nothing is counted.
    var speed: Double? { rate { Double($0.flops) } }
    var bandwidth: Double? { rate { Double($0.bytes) } }
    /// The kernels, each once.
    var kernels: [String] {
      var seen: Set<String> = []
      return rows.map(\.kernel).filter { seen.insert($0).inserted }
    }

    private func rate(_ amount: (Row) -> Double) -> Double? {
      let sum = rows.reduce(0) { $0 + amount($1) }
      return median > 0 && sum > 0 ? sum / median / 1e6 : nil
    }
  }

  func groups(by grouping: ProfileGrouping) -> [Group] {
    switch grouping {
    case .step: steps.map { Group(name: $0.op, rows: [$0]) }
    case .op: grouped(by: \.op)
    case .line:
      grouped { row in
        ([row.op] + [row.lines.first, row.caller].map { $0.map { "\($0)" } ?? "" })
          .joined(separator: "\n")
      }
    case .layer: tree()
    }
  }

  private func grouped(by name: (Row) -> String) -> [Group] {
    var groups: [Group] = []
    var places: [String: Int] = [:]
    for row in steps {
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
      .sorted { ($1.element.median, $0.offset) < ($0.element.median, $1.offset) }
      .map(\.element)
  }

  /// Every prefix of every path, each with all that stands below it, in the order of the plan.
  private func tree() -> [Group] {
    var groups: [String: Group] = [:]
    var children: [String: [String]] = [:]
    for row in steps {
      var path = ""
      for part in Profile.levels(of: row.layer) {
        let parent = path
        path += "/" + part
        if groups[path] == nil {
          groups[path] = Group(name: part)
          children[parent, default: []].append(path)
        }
        groups[path]?.rows.append(row)
      }
    }
    var result: [Group] = []
    var open = (children[""] ?? []).reversed().map { (path: $0, level: 0) }
    while let (start, level) = open.popLast() {
      var path = start
      guard var group = groups[path] else { continue }
      // A level with one child and nothing else shares its row.
      while let only = children[path], only.count == 1, let child = groups[only[0]],
        child.rows.count == group.rows.count
      {
        path = only[0]
        group.name += "." + child.name
      }
      group.level = level
      result.append(group)
      let below = children[path] ?? []
      open += below.reversed().map { ($0, level + 1) }
      // What was fused across the layers below, or stands beside them.
      let own = group.rows.filter { Profile.levels(of: $0.layer) == path.levels }
      if !below.isEmpty, !own.isEmpty {
        result.append(Group(name: "(itself)", level: level + 1, rows: own))
      }
    }
    return result
  }

  /// `encoder.layer.3.attention` as levels, indexes replaced by a star.
  static func levels(of layer: String) -> [String] {
    guard !layer.isEmpty else { return ["(no layer)"] }
    var levels: [String] = []
    for part in layer.split(separator: ".") {
      if let last = levels.last, part.allSatisfy(\.isNumber) {
        levels[levels.count - 1] = last + "[*]"
      } else {
        levels.append(String(part))
      }
    }
    return levels
  }
}

extension String {
  /// The parts of a path of a tree.
  fileprivate var levels: [String] { split(separator: "/").map(String.init) }
}
