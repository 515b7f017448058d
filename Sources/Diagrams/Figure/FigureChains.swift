/// The columns of a figure: chains of boxes that each go into the next.
struct FigureChains {
  /// A short chain beside a column.
  struct Side {
    var boxes: [Int]
    var column: Int
    /// -1 left, 1 right.
    var side: Int
    /// The box of the column that it is joined to.
    var anchor: Int
    /// The box of the chain that is joined.
    var joint: Int
  }

  /// The chains that stand upright, left to right.
  private(set) var columns: [[Int]] = []
  private(set) var sides: [Side] = []
  private var places: [Int: (column: Int, row: Int)] = [:]
  private var next: [Int: Int] = [:]
  private let scene: Scene
  private var incoming: [[Int]] = []
  private var outgoing: [[Int]] = []
  /// The longest ways from and to each box.
  private var before: [Int] = []
  private var after: [Int] = []

  /// The chains of `scene`; nil where a chain is joined to no column.
  init?(_ scene: Scene) {
    self.scene = scene
    let count = scene.boxes.count
    incoming = Array(repeating: [], count: count)
    outgoing = incoming
    for edge in scene.edges {
      incoming[edge.to].append(edge.from)
      outgoing[edge.from].append(edge.to)
    }
    before = longest(incoming, outgoing)
    after = longest(outgoing, incoming)
    guard before.allSatisfy({ $0 >= 0 }) else { return nil }
    link()
    let chains = chains()
    guard order(chains), place(chains) else { return nil }
  }

  /// The column and row of a box that stands in one.
  func place(_ box: Int) -> (column: Int, row: Int)? { places[box] }

  /// Whether `box` stands right below `other` in their chain.
  func follows(_ box: Int, _ other: Int) -> Bool { next[other] == box }

  /// For each box the edges on the longest way to it; -1 where there is a cycle.
  private func longest(_ from: [[Int]], _ to: [[Int]]) -> [Int] {
    var left = from.map(\.count)
    var longest = left.map { $0 == 0 ? 0 : -1 }
    var open = left.indices.filter { left[$0] == 0 }
    while let box = open.popLast() {
      for user in to[box] {
        longest[user] = max(longest[user], longest[box] + 1)
        left[user] -= 1
        if left[user] == 0 { open.append(user) }
      }
    }
    return left.contains { $0 > 0 } ? left.map { _ in -1 } : longest
  }

  /// Joins each box to the one that it mainly comes from: in its frame, else no input, else the one
  /// that most lies before.
  private mutating func link() {
    var candidates: [Int: [Int]] = [:]
    let residual = Set(scene.edges.filter(\.isResidual).map { [$0.from, $0.to] })
    for box in scene.boxes.indices {
      let sources = incoming[box].filter { !residual.contains([$0, box]) }
      let best = sources.max { a, b in rank(a, of: box) < rank(b, of: box) }
      if let best { candidates[best, default: []].append(box) }
    }
    for (box, followers) in candidates {
      next[box] = followers.max { a, b in
        let (ranks, other) = (followRank(a, of: box), followRank(b, of: box))
        return ranks == other ? a > b : ranks < other
      }
    }
  }

  private func rank(_ source: Int, of box: Int) -> Int {
    let isNear = scene.boxes[source].frame == scene.boxes[box].frame
    let isFramed = scene.boxes[box].frame != 0
    let isInput = [.input, .reference].contains(scene.boxes[source].style)
    return (isNear && isFramed ? 10_000_000 : 0) + (isInput ? 0 : 1_000_000) + before[source] * 100
      - source % 100
  }

  private func followRank(_ user: Int, of box: Int) -> Int {
    (scene.boxes[user].frame == scene.boxes[box].frame && scene.boxes[box].frame != 0
      ? 1_000_000 : 0) + after[user]
  }

  private func chains() -> [[Int]] {
    let followers = Set(next.values)
    return scene.boxes.indices.filter { !followers.contains($0) }.map { first in
      var chain = [first]
      while let box = next[chain[chain.count - 1]] { chain.append(box) }
      return chain
    }
  }

  /// The upright chains: those through frames, or the longest; what feeds another stands left of it.
  private mutating func order(_ chains: [[Int]]) -> Bool {
    var upright = chains.filter { $0.contains { scene.boxes[$0].frame != 0 } }
    if upright.isEmpty, let longest = chains.max(by: { $0.count < $1.count }) {
      upright = [longest]
    }
    var left = upright
    while !left.isEmpty {
      let free = left.indices.first { i in
        !left.indices.contains { $0 != i && feeds(left[$0], left[i]) }
      }
      columns.append(left.remove(at: free ?? 0))
    }
    for (column, chain) in columns.enumerated() {
      for (row, box) in chain.enumerated() { places[box] = (column, row) }
    }
    return !columns.isEmpty
  }

  private func feeds(_ a: [Int], _ b: [Int]) -> Bool {
    scene.edges.contains { a.contains($0.from) && b.contains($0.to) }
  }

  private mutating func place(_ chains: [[Int]]) -> Bool {
    for chain in chains where places[chain[0]] == nil {
      let down = chain.reversed().compactMap { box -> (Int, Int)? in
        self.outgoing[box].first { self.places[$0] != nil }.map { (box, $0) }
      }.first
      let up = chain.compactMap { box -> (Int, Int)? in
        self.incoming[box].first { self.places[$0] != nil }.map { (box, $0) }
      }.first
      guard let (joint, anchor) = down ?? up, let column = places[anchor]?.column else {
        return false
      }
      // Beside the column that has residual arrows on the left, on the right; of several columns
      // outside all.
      let side = columns.count == 1 ? 1 : column == 0 ? -1 : column == columns.count - 1 ? 1 : -1
      sides.append(
        Side(boxes: chain, column: column, side: side, anchor: anchor, joint: joint))
    }
    return true
  }
}
