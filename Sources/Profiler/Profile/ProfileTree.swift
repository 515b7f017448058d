/// The steps of a profile under the layers that they belong to.
struct ProfileTree {
  private let view: ProfileView
  private let expanded: [LayerPattern]
  private var nodes: [String: Profile.Group] = [:]
  private var children: [String: [String]] = [:]

  init(_ rows: [Profile.Row], _ view: ProfileView) {
    self.view = view
    expanded = view.expanded.map { LayerPattern($0) }
    for row in rows { add(row) }
  }

  /// Every layer with all that stands below it, in the order of the plan.
  var groups: [Profile.Group] {
    var result: [Profile.Group] = []
    var open = (children[""] ?? []).reversed().map { (path: $0, level: 0) }
    while let (start, level) = open.popLast() {
      var path = start
      guard var group = nodes[path] else { continue }
      // A level with one child and nothing else shares its row.
      while let only = children[path], only.count == 1, let child = nodes[only[0]],
        child.rows.count == group.rows.count
      {
        path = only[0]
        group.name += (child.name.first?.isNumber == true ? ": " : ".") + child.name
      }
      group.level = level
      result.append(group)
      if let depth = view.depth, level + 1 >= depth { continue }
      let below = children[path] ?? []
      open += below.reversed().map { ($0, level + 1) }
      // What was fused across the layers below, or stands beside them.
      let inner = Set(below.flatMap { nodes[$0]?.rows.map(\.step) ?? [] })
      let own = group.rows.filter { !inner.contains($0.step) }
      if !below.isEmpty, !own.isEmpty {
        result.append(Profile.Group(name: "(itself)", level: level + 1, rows: own))
      }
    }
    return result
  }

  private mutating func add(_ row: Profile.Row) {
    let parts = row.layer.split(separator: ".").map(String.init)
    var path = ""
    for level in levels(of: parts) { enter(&path, level, row) }
    if expanded.contains(where: { $0.holds(parts) }) {
      enter(&path, "\(row.step) \(row.op)", row)
    }
  }

  private mutating func enter(_ path: inout String, _ level: String, _ row: Profile.Row) {
    let parent = path
    path += "/" + level
    if nodes[path] == nil {
      nodes[path] = Profile.Group(name: level)
      children[parent, default: []].append(path)
    }
    nodes[path]?.rows.append(row)
  }

  /// The levels of a layer: indexes stand with their names, one by one where a layer is opened,
  /// else all in one.
  private func levels(of parts: [String]) -> [String] {
    guard !parts.isEmpty else { return ["(no layer)"] }
    var levels: [String] = []
    for (i, part) in parts.enumerated() {
      guard let last = levels.last, part.allSatisfy(\.isNumber) else {
        levels.append(part)
        continue
      }
      let (name, path) = (Array(parts[..<i]), Array(parts[...i]))
      let isOpen = expanded.contains { $0.agrees(path) }
      let isBesideOpen = expanded.contains { $0.agrees(name) && $0.parts.count > name.count }
      levels[levels.count - 1] = last + (isOpen ? "[\(part)]" : isBesideOpen ? "[others]" : "[*]")
    }
    return levels
  }
}
