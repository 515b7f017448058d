/// Writes a figure with every place given: Graphviz only draws it.
struct FigureWriter {
  let layout: FigureLayout
  let writer: DotWriter
  private var scene: Scene { layout.scene }
  private var theme: Theme { writer.theme }

  /// The points of the heading's lines.
  private static let headingLine = 19.0

  func text() -> String {
    let heading = writer.headingRows()
    let left = layout.bounds.left
    let width = max(layout.bounds.width, writer.options.heat == nil ? 300 : 400)
    let height = Self.headingLine * Double(heading.count) + 12
    let cells = heading.map {
      "<TR><TD ALIGN=\"LEFT\" WIDTH=\"\(Int(width))\">\($0)</TD></TR>"
    }.joined()
    let table =
      "<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"1\">\(cells)</TABLE>"
    var body = [
      "  heading [shape=plaintext, style=\"\", fixedsize=true, width=\(inches(width)),"
        + " height=\(inches(height)), label=<\(table)>,"
        + " \(position(left + width / 2, layout.bounds.top - 14 - height / 2))]"
    ]
    for (frame, area) in layout.frames.sorted(by: { $0.key < $1.key }) {
      body.append(line(frame, area))
    }
    for box in scene.boxes.indices { body.append(line(box: box)) }
    for edge in scene.edges.indices {
      if let route = layout.routes[edge] { body.append(line(edge: edge, route)) }
    }
    return DotWriter.graph(theme, heading: nil, body: body)
  }

  // MARK: Statements

  private func line(_ index: Int, _ area: FigureLayout.Area) -> String {
    let frame = scene.frames[index]
    let isRun = frame.count > 1
    let name = DotText.html(frame.kind ?? frame.name, limit: 20)
    let times = isRun ? writer.font("<B>× \(frame.count)</B>", theme.accent, size: 13) : ""
    // The name stands left of the arrow that comes in, the number at the right.
    let width = Int(area.width) - 20 - (isRun ? 44 : 0)
    let label =
      "<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"0\">"
      + "<TR><TD ALIGN=\"LEFT\" WIDTH=\"\(width)\">\(writer.font(name, theme.faint, size: 9.5))</TD>"
      + "<TD ALIGN=\"RIGHT\" WIDTH=\"\(isRun ? 44 : 0)\">\(times)</TD></TR></TABLE>"
    let paint = theme.levels[0]
    return
      "  f\(index) [label=<\(label)>, labelloc=t, margin=\"0.1,0.09\", fixedsize=true, width=\(inches(area.width)),"
      + " height=\(inches(area.height)), \(position(area.x, area.y)), fillcolor=\"\(paint.fill)\","
      + " color=\"\(isRun ? theme.accent : paint.stroke)\", penwidth=\(isRun ? 1.8 : 1),"
      + " tooltip=\(DotText.quoted(frame.paths.first ?? frame.name)),"
      + " \(writer.identity(ofFrame: frame))]"
  }

  private func line(box: Int) -> String {
    let area = layout.boxes[box]
    let size =
      "fixedsize=true, width=\(inches(area.width)), height=\(inches(area.height)),"
      + " \(position(area.x, area.y))"
    let line = writer.line(box)
    return "  " + line.dropLast() + ", \(size)]"
  }

  private func line(edge index: Int, _ route: [FigureLayout.Point]) -> String {
    let edge = scene.edges[index]
    var attributes = [spline(route)]
    if edge.isResidual { attributes += ["color=\"\(theme.residual)\"", "penwidth=1.8"] }
    if scene.boxes[edge.from].style == .reference { attributes.append("style=dashed") }
    attributes.append("tooltip=\(DotText.quoted(Numbers.type(scene.graph.type(of: edge.value))))")
    return "  n\(edge.from) -> n\(edge.to) [\(attributes.joined(separator: ", "))]"
  }

  // MARK: Numbers

  private func number(_ value: Double) -> String { Numbers.real((value * 100).rounded() / 100) }

  private func inches(_ points: Double) -> String {
    Numbers.real((points / 72 * 10_000).rounded() / 10_000)
  }

  /// Graphviz counts upwards.
  private func position(_ x: Double, _ y: Double) -> String {
    "pos=\"\(number(x)),\(number(-y))\""
  }

  /// A way with rounded corners as Béziers, and the arrow's tip.
  private func spline(_ route: [FigureLayout.Point]) -> String {
    let radius = 7.0
    var points: [FigureLayout.Point] = []
    var corners = route
    let tip = corners[corners.count - 1]
    // The line ends where the arrow's head begins.
    corners[corners.count - 1] = shifted(tip, towards: corners[corners.count - 2], by: 6)
    var at = corners[0]
    points.append(at)
    func straight(to end: FigureLayout.Point) {
      for part in [1.0 / 3, 2.0 / 3, 1] {
        points.append(.init(x: at.x + (end.x - at.x) * part, y: at.y + (end.y - at.y) * part))
      }
      at = end
    }
    for i in corners.indices.dropFirst() {
      guard i < corners.count - 1 else {
        straight(to: corners[i])
        break
      }
      let near = min(radius, distance(at, corners[i]) / 2, distance(corners[i], corners[i + 1]) / 2)
      straight(to: shifted(corners[i], towards: at, by: near))
      let end = shifted(corners[i], towards: corners[i + 1], by: near)
      points.append(shifted(corners[i], towards: at, by: near * 0.45))
      points.append(shifted(corners[i], towards: end, by: near * 0.45))
      points.append(end)
      at = end
    }
    let text = points.map { "\(number($0.x)),\(number(-$0.y))" }.joined(separator: " ")
    return "pos=\"e,\(number(tip.x)),\(number(-tip.y)) \(text)\""
  }

  private func distance(_ a: FigureLayout.Point, _ b: FigureLayout.Point) -> Double {
    ((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)).squareRoot()
  }

  private func shifted(
    _ point: FigureLayout.Point, towards other: FigureLayout.Point, by length: Double
  ) -> FigureLayout.Point {
    let whole = distance(point, other)
    guard whole > 0 else { return point }
    return .init(
      x: point.x + (other.x - point.x) * length / whole,
      y: point.y + (other.y - point.y) * length / whole)
  }
}

extension FigureLayout {
  /// What all boxes, frames and ways cover.
  var bounds: Area {
    let areas = boxes + frames.values
    let points = routes.values.flatMap { $0 }
    let left = min(areas.map(\.left).min() ?? 0, points.map(\.x).min() ?? 0)
    let right = max(areas.map(\.right).max() ?? 0, points.map(\.x).max() ?? 0)
    let top = areas.map(\.top).min() ?? 0
    let bottom = areas.map(\.bottom).max() ?? 0
    return Area(
      x: (left + right) / 2, y: (top + bottom) / 2, width: right - left, height: bottom - top)
  }
}
