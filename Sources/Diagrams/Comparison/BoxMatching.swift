import IR

/// Which boxes of one picture became which of another.
struct BoxMatching {
  /// How boxes of two graphs are told to belong together.
  enum Rule {
    /// One graph was made from the other: nodes of one line belong together.
    case origins
    /// They were written apart: equal ops in the same order at the same place of the layers.
    case places
  }

  /// The marks of the first picture's boxes, and of the second's.
  private(set) var marks: [[Int: Mark]] = [[:], [:]]
  /// Groups that changed.
  private(set) var count = 0

  private let scenes: [Scene]
  private let rule: Rule
  private var parent: [[Int]: [Int]] = [:]

  init(_ first: Scene, _ second: Scene, by rule: Rule) {
    scenes = [first, second]
    self.rule = rule
    var keys: [[[String]: [Int]]] = [[:], [:]]
    for (side, scene) in scenes.enumerated() {
      for (n, box) in scene.owner.sorted(by: { $0.key < $1.key })
      where scene.outline.drawn(n) == n && scene.boxes[box].isMarked {
        parent[[side, box]] = parent[[side, box]] ?? [side, box]
        if rule == .origins {
          for key in BoxMatching.sites(of: scene.graph.nodes[n]) {
            keys[side][key, default: []].append(box)
          }
        }
      }
      if rule == .places { addPlaces(side, &keys[side]) }
    }
    for (key, boxes) in keys[0] {
      guard let others = keys[1][key] else { continue }
      for box in boxes { for other in others { unite([0, box], [1, other]) } }
    }
    number()
  }

  /// The expressions that a node was made of.
  private static func sites(of node: Node) -> [[String]] {
    node.origin.sites.map { site in
      [site.path.description, site.location.map { "\($0)" } ?? ""]
        + site.calls.map { "\($0)" }
    }
  }

  /// Boxes by their layer, title and number among those.
  private func addPlaces(_ side: Int, _ keys: inout [[String]: [Int]]) {
    let scene = scenes[side]
    var counts: [[String]: Int] = [:]
    let first = Dictionary(
      scene.owner.filter { scene.outline.drawn($0.key) == $0.key }.map { ($0.value, $0.key) },
      uniquingKeysWith: min)
    for (box, n) in first.sorted(by: { $0.value < $1.value }) where scene.boxes[box].isMarked {
      let place = [scene.graph.nodes[n].origin.path.description, scene.boxes[box].title]
      counts[place, default: 0] += 1
      keys[place + ["\(counts[place, default: 0])"], default: []].append(box)
    }
  }

  private func root(_ box: [Int]) -> [Int] {
    var box = box
    while let next = parent[box], next != box { box = next }
    return box
  }

  private mutating func unite(_ a: [Int], _ b: [Int]) {
    let (first, second) = (root(a), root(b))
    guard first != second else { return }
    if first.lexicographicallyPrecedes(second) {
      parent[second] = first
    } else {
      parent[first] = second
    }
  }

  private mutating func number() {
    var groups: [[Int]: [[Int]]] = [:]
    for box in parent.keys { groups[root(box), default: []].append(box) }
    let ordered = groups.values.map { $0.sorted { $0.lexicographicallyPrecedes($1) } }
      .sorted { $0[0].lexicographicallyPrecedes($1[0]) }
    var numbers = 0
    for group in ordered {
      let first = group.filter { $0[0] == 0 }
      let second = group.filter { $0[0] == 1 }
      var mark = Mark(kind: .same)
      if second.isEmpty {
        mark.kind = rule == .origins ? .gone : .removed
      } else if first.isEmpty {
        mark.kind = rule == .origins ? .come : .added
      } else if !(first.count == 1 && second.count == 1 && isSame(first[0][1], second[0][1])) {
        mark.kind = .changed
      }
      if mark.kind != .same {
        count += 1
        if mark.kind == .changed, rule == .origins {
          numbers += 1
          mark.number = numbers
        }
      }
      for box in group { marks[box[0]][box[1]] = mark }
    }
  }

  private func isSame(_ first: Int, _ second: Int) -> Bool {
    let (a, b) = (scenes[0].boxes[first], scenes[1].boxes[second])
    return a.title == b.title && a.lines == b.lines && a.caption == b.caption && a.count == b.count
  }
}

extension Scene.Box {
  /// Whether it does work that can change.
  fileprivate var isMarked: Bool { [.op, .movement, .layer, .block, .sum].contains(style) }
}
