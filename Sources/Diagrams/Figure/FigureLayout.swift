/// Where everything of a figure stands: chains of blocks as columns, what they take from elsewhere
/// beside them, residual arrows around the outside. Points, y downwards.
///
/// A layout of our own: the blocks of a stack must stand exactly under each other, which no general
/// layout promises.
struct FigureLayout {
  struct Point: Equatable {
    var x: Double
    var y: Double
  }

  struct Area {
    var x: Double
    var y: Double
    var width: Double
    var height: Double
    var left: Double { x - width / 2 }
    var right: Double { x + width / 2 }
    var top: Double { y - height / 2 }
    var bottom: Double { y + height / 2 }
  }

  /// Sizes in points.
  enum Size {
    static let block = 168.0
    static let gap = 24.0
    static let lane = 13.0
    static let pad = 14.0
    static let frameTop = 42.0
    static let frameBottom = 14.0
    /// Above a block, where arrows that go around it leave.
    static let junction = 11.0
    static let gutter = 34.0
  }

  let scene: Scene
  let chains: FigureChains
  /// The boxes' places; the center and the size.
  private(set) var boxes: [Area]
  private(set) var frames: [Int: Area] = [:]
  /// The corners of each edge's way.
  private(set) var routes: [Int: [Point]] = [:]
  /// Lanes beside each column, on its left and right, with the heights that are taken.
  private var lanes: [[Int]: [[ClosedRange<Double>]]] = [:]

  /// The layout of `scene`, or nil where it isn't made of columns.
  init?(_ scene: Scene) {
    guard let chains = FigureChains(scene) else { return nil }
    self.scene = scene
    self.chains = chains
    boxes = scene.boxes.map { box in
      Area(x: 0, y: 0, width: box.figureWidth, height: box.figureHeight)
    }
    for column in chains.columns.indices { stackColumn(column) }
    routeSkips()
    placeColumns()
    placeSides()
    guard routeRest() else { return nil }
  }

  /// The side of a column on which its residual arrows run: -1 left, 1 right.
  func residualSide(_ column: Int) -> Double { column == 0 ? -1 : 1 }

  // MARK: Down the columns

  private mutating func stackColumn(_ column: Int) {
    var y = 0.0
    var frame = 0
    for (i, box) in chains.columns[column].enumerated() {
      let own = scene.boxes[box].frame
      if i > 0 { y += Size.gap }
      if own != frame {
        if frame != 0 { y += Size.frameBottom }
        if own != 0 { y += Size.frameTop - (i > 0 ? Size.gap / 2 : 0) }
      }
      frame = own
      boxes[box].y = y + boxes[box].height / 2
      y += boxes[box].height
    }
  }

  /// Arrows around boxes of one column: they leave above the next box.
  private mutating func routeSkips() {
    for (i, edge) in scene.edges.enumerated() {
      guard let (column, from) = chains.place(edge.from), let (other, to) = chains.place(edge.to),
        column == other, to > from + 1
      else { continue }
      let next = boxes[chains.columns[column][from + 1]]
      let start = next.top - Size.junction
      let end = boxes[edge.to].y
      let lane = takeLane([column, Int(residualSide(column))], start...max(start, end))
      let x = residualSide(column) * (Size.block / 2 + Size.lane * Double(lane + 1))
      let tip = residualSide(column) * boxes[edge.to].width / 2
      // Moved to the column's place later.
      routes[i] = [
        Point(x: 0, y: start), Point(x: x, y: start), Point(x: x, y: end), Point(x: tip, y: end),
      ]
    }
  }

  private mutating func takeLane(_ key: [Int], _ range: ClosedRange<Double>) -> Int {
    var all = lanes[key] ?? []
    let free = all.firstIndex { lane in
      !lane.contains { $0.overlaps(range.lowerBound - 4...range.upperBound + 4) }
    }
    let lane = free ?? all.count
    if lane == all.count { all.append([]) }
    all[lane].append(range)
    lanes[key] = all
    return lane
  }

  private func laneWidth(_ column: Int, _ side: Int) -> Double {
    Size.lane * Double(lanes[[column, side]]?.count ?? 0)
  }

  // MARK: Across

  /// How far a column reaches, with its frames.
  private func reach(_ column: Int, _ side: Int) -> Double {
    let isFramed = chains.columns[column].contains { scene.boxes[$0].frame != 0 }
    return Size.block / 2 + laneWidth(column, side) + (isFramed ? Size.pad : 4)
  }

  private mutating func placeColumns() {
    var x = 0.0
    for column in chains.columns.indices {
      if column > 0 {
        let crossing = scene.edges.count { edge in
          guard let a = chains.place(edge.from)?.column, let b = chains.place(edge.to)?.column
          else { return false }
          return a != b && max(a, b) == column
        }
        let beside = chains.sides.filter { $0.column == column && $0.side < 0 }
        x += reach(column - 1, 1) + reach(column, -1) + Size.gutter
        x += Size.lane * Double(max(crossing - 1, 0))
        if !beside.isEmpty { x += Size.block + Size.gutter }
      }
      for box in chains.columns[column] { boxes[box].x = x }
      for (i, edge) in scene.edges.enumerated() where chains.place(edge.to)?.column == column {
        guard let route = routes[i] else { continue }
        routes[i] = route.map { Point(x: $0.x + x, y: $0.y) }
      }
      addFrames(column, x)
    }
  }

  private mutating func addFrames(_ column: Int, _ x: Double) {
    let framed = Dictionary(grouping: chains.columns[column]) { scene.boxes[$0].frame }
    for (frame, members) in framed where frame != 0 {
      let top = members.map { boxes[$0].top }.min().map { $0 - Size.frameTop } ?? 0
      let bottom = members.map { boxes[$0].bottom }.max().map { $0 + Size.frameBottom } ?? 0
      let (left, right) = (x - reach(column, -1), x + reach(column, 1))
      frames[frame] = Area(
        x: (left + right) / 2, y: (top + bottom) / 2, width: right - left, height: bottom - top)
    }
  }

  /// Puts short chains beside what they feed, or what feeds them.
  private mutating func placeSides() {
    var taken: [[Int]: Double] = [:]
    let sides = chains.sides.map { side -> (side: FigureChains.Side, y: Double) in
      let anchor = boxes[side.anchor].y
      let before = side.boxes.prefix { $0 != side.joint }.reduce(0.0) {
        $0 + boxes[$1].height + Size.gap
      }
      return (side, anchor - boxes[side.joint].height / 2 - before)
    }.sorted { $0.y < $1.y }
    for (side, wanted) in sides {
      let key = [side.column, side.side]
      var y = max(wanted, taken[key] ?? -.infinity)
      let x =
        boxes[side.anchor].x
        + Double(side.side) * (reach(side.column, side.side) + Size.gutter + Size.block / 2)
      for box in side.boxes {
        boxes[box].x = x
        boxes[box].y = y + boxes[box].height / 2
        y += boxes[box].height + Size.gap
      }
      taken[key] = y - Size.gap + 12
    }
  }

  // MARK: Ways

  /// The ways of what isn't routed yet; false where one would cross boxes.
  private mutating func routeRest() -> Bool {
    var gutters: [Int: Int] = [:]
    for (i, edge) in scene.edges.enumerated() where routes[i] == nil {
      let (a, b) = (boxes[edge.from], boxes[edge.to])
      if chains.follows(edge.to, edge.from) {
        routes[i] = [Point(x: a.x, y: a.bottom), Point(x: b.x, y: b.top)]
        continue
      }
      if let way = wayAlongSide(edge) {
        routes[i] = way
        guard isFree(way, edge) else { return false }
        continue
      }
      let sign = b.x > a.x ? 1.0 : -1.0
      let tip = Point(x: b.x - sign * b.width / 2, y: b.y)
      switch (chains.place(edge.from), chains.place(edge.to)) {
      case (let from?, let to?):
        // Between two columns, through the gutter.
        guard abs(from.column - to.column) == 1 else { return false }
        let right = max(from.column, to.column)
        let lane = gutters[right, default: 0]
        gutters[right] = lane + 1
        let edgeOfRight = (chains.columns[right].first.map { boxes[$0].x } ?? 0) - reach(right, -1)
        let x = edgeOfRight - Size.gutter / 2 - Size.lane * Double(lane)
        let isLast = chains.columns[from.column].last == edge.from
        let start =
          isLast
          ? [Point(x: a.x, y: a.bottom), Point(x: a.x, y: a.bottom + 14)]
          : [Point(x: a.x + sign * a.width / 2, y: a.y)]
        routes[i] =
          start + [Point(x: x, y: start[start.count - 1].y), Point(x: x, y: tip.y), tip]
      default:
        routes[i] = sideRoute(edge, a, b, sign, tip)
      }
      guard let route = routes[i], isFree(route, edge) else { return false }
    }
    return true
  }

  /// Between two boxes of one side: out towards the column and in again.
  private func wayAlongSide(_ edge: Scene.Edge) -> [Point]? {
    let (a, b) = (boxes[edge.from], boxes[edge.to])
    guard chains.place(edge.from) == nil, chains.place(edge.to) == nil, abs(a.x - b.x) < 1,
      let side = chains.sides.first(where: { $0.boxes.contains(edge.from) })
    else { return nil }
    let sign = Double(-side.side)
    let x = a.x + sign * (Size.block / 2 + Size.gutter / 2)
    return [
      Point(x: a.x + sign * a.width / 2, y: a.y), Point(x: x, y: a.y), Point(x: x, y: b.y),
      Point(x: b.x + sign * b.width / 2, y: b.y),
    ]
  }

  /// Level where it can be; else the first of a few ways that touches no box.
  private func sideRoute(
    _ edge: Scene.Edge, _ a: Area, _ b: Area, _ sign: Double, _ tip: Point
  ) -> [Point] {
    let start = Point(x: a.x + sign * a.width / 2, y: a.y)
    if abs(a.y - b.y) < 1 { return [start, tip] }
    func through(_ x: Double) -> [Point] {
      [start, Point(x: x, y: start.y), Point(x: x, y: tip.y), tip]
    }
    let isSideSource = chains.place(edge.from) == nil
    // Beside the widest box that may stand there.
    let away = Size.block / 2 + Size.gutter / 2
    let near = isSideSource ? a.x + sign * away : b.x - sign * away
    let outside = isSideSource ? a.x - sign * away : near
    let below = [Point(x: a.x, y: a.bottom), Point(x: a.x, y: tip.y), tip]
    let around = [
      Point(x: a.x - sign * a.width / 2, y: a.y), Point(x: outside, y: a.y),
      Point(x: outside, y: tip.y), tip,
    ]
    let ways = isSideSource ? [through(near), below, around] : [through(near)]
    return ways.first { isFree($0, edge) } ?? through(near)
  }

  /// Whether a way touches no box but its ends.
  private func isFree(_ route: [Point], _ edge: Scene.Edge) -> Bool {
    for (p, q) in zip(route, route.dropFirst()) {
      let (left, right) = (min(p.x, q.x), max(p.x, q.x))
      let (top, bottom) = (min(p.y, q.y), max(p.y, q.y))
      for (i, box) in boxes.enumerated() where i != edge.from && i != edge.to {
        if right > box.left, left < box.right, bottom > box.top, top < box.bottom { return false }
      }
    }
    return true
  }
}

extension Scene.Box {
  /// The size of a box in a figure.
  fileprivate var figureWidth: Double {
    switch style {
    case .sum: 20
    case .block: FigureLayout.Size.block
    default: min(max(Double(title.count) * 7.4 + 24, 90), FigureLayout.Size.block)
    }
  }

  fileprivate var figureHeight: Double {
    switch style {
    case .sum: 20
    case .block:
      11 + 14.5 * Double(title.split(separator: "\n").count)
        + 11.5 * Double(lines.count + (heat == nil ? 0 : 1))
    default: 24
    }
  }
}
