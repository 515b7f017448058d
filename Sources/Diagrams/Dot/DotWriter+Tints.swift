/// Colours that say something else than the kind of work: heat, and what became of what.
extension DotWriter {
  /// How a box is painted in place of its kind's colour.
  struct Tint {
    var paint: Theme.Paint
    var ink: String
    var attributes: [String]
  }

  func tint(of box: Scene.Box) -> Tint? {
    if let mark = box.mark { return tint(of: mark) }
    guard options.heat != nil, [.op, .movement, .layer, .block, .sum].contains(box.style) else {
      return nil
    }
    guard let heat = box.heat else {
      let plain = theme.groups[.movement] ?? theme.layer
      return Tint(paint: plain, ink: theme.faint, attributes: ["penwidth=0.8"])
    }
    let color = theme.heat[HeatScale.level(heat.total, of: scene.hottest)]
    return Tint(
      paint: Theme.Paint(fill: color.fill, stroke: theme.edge), ink: color.stroke,
      attributes: ["penwidth=0.8"])
  }

  func tint(of mark: Mark) -> Tint {
    let fixed: [Mark.Kind: Int] = [.removed: 0, .added: 1, .changed: 4]
    let plain = theme.groups[.movement] ?? theme.layer
    guard let at = mark.number.map({ $0 - 1 }) ?? fixed[mark.kind] else {
      let line =
        switch mark.kind {
        case .gone: ["style=\"rounded,filled,dashed\"", "penwidth=1.2"]
        case .come: ["penwidth=2.6"]
        default: ["penwidth=0.8"]
        }
      return Tint(paint: plain, ink: theme.faint, attributes: line)
    }
    let attributes =
      switch mark.kind {
      case .removed: ["style=\"rounded,filled,dashed\"", "penwidth=1.6"]
      case .added: ["penwidth=2.6"]
      default: ["penwidth=1.6"]
      }
    return Tint(
      paint: theme.marks[at % theme.marks.count], ink: theme.text, attributes: attributes)
  }

  /// The number that a box's colour shows, and its share of the whole.
  func heatLine(of box: Scene.Box) -> [String] {
    guard let heat = options.heat, let own = box.heat, own.total > 0 else { return [] }
    guard heat.isSum, scene.heatSum > 0 else { return [heat.text(own.total)] }
    let share = 1000 * own.total / scene.heatSum
    let tenths = Int(share.rounded())
    return [heat.text(own.total) + " · \(tenths / 10).\(tenths % 10) %"]
  }

  /// The colours from nothing to the most.
  func scaleBar(_ heat: Heat) -> String {
    let cells = theme.heat.map { "<TD BGCOLOR=\"\($0.fill)\" WIDTH=\"7\" HEIGHT=\"9\"></TD>" }
      .joined()
    func label(_ text: String) -> String {
      "<TD>" + font(" \(DotText.html(text)) ", theme.text, size: 9.5) + "</TD>"
    }
    return "<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"0\"><TR>"
      + label("\(heat.name)  \(heat.text(0))") + cells + label(heat.text(scene.hottest))
      + "</TR></TABLE>"
  }

  // MARK: Names in SVG

  /// Ids for programs that look for a step or a layer: those of equal layers stand as classes.
  func identity(of box: Scene.Box) -> [String] {
    var classes = box.steps.map { "step-\($0)" } + box.paths.map { "layer-" + DotText.word($0) }
    guard let first = classes.first else { return [] }
    let count = max(box.steps.count, box.count)
    if count > 1 { classes.append("run-\(count)") }
    return ["id=\"\(DotText.word(first))\"", "class=\"\(classes.joined(separator: " "))\""]
  }

  func identity(ofFrame frame: Scene.Frame) -> String {
    var classes = frame.paths.map { "layer-" + DotText.word($0) }
    let first = classes.first ?? "layer-" + DotText.word(frame.name)
    if classes.count > 1 { classes.append("run-\(classes.count)") }
    let list = classes.count > 1 ? ", class=\"\(classes.joined(separator: " "))\"" : ""
    return "id=\"\(first)\"" + list
  }
}

/// What became of a box, or what it was.
struct Mark: Hashable {
  /// `gone` and `come` are what a pass took away or put in by itself.
  enum Kind: Hashable { case same, changed, added, removed, gone, come }
  var kind: Kind
  /// The group that it belongs to, from 1, where groups are numbered and it changed.
  var number: Int?
}
