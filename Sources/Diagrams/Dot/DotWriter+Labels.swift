import IR
import Tensors

/// What stands in boxes, frames and the heading.
extension DotWriter {
  func font(_ text: String, _ color: String, size: Double? = nil) -> String {
    let size = size.map { " POINT-SIZE=\"\($0)\"" } ?? ""
    return "<FONT COLOR=\"\(color)\"\(size)>\(text)</FONT>"
  }

  /// A frame's heading.
  func title(_ frame: Scene.Frame) -> String {
    var parts: [String] = []
    if !frame.name.isEmpty { parts.append("<B>\(DotText.html(frame.name))</B>") }
    if let kind = frame.kind { parts.append(DotText.html(kind)) }
    if frame.count > 1 { parts.append(font("<B>× \(frame.count)</B>", theme.accent, size: 12)) }
    if frame.parameters > 0 {
      let each = frame.count > 1 ? " each" : ""
      parts.append(
        font("\(Numbers.short(frame.parameters)) parameters\(each)", theme.faint, size: 9))
    }
    return parts.joined(separator: "&#160;&#160; ")
  }

  /// Rows of text under each other.
  private func table(_ rows: [String]) -> String {
    guard rows.count > 1 else { return rows.first ?? "" }
    let cells = rows.map { "<TR><TD>\($0)</TD></TR>" }.joined()
    return
      "<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"0\">\(cells)</TABLE>"
  }

  /// A box's statement.
  func line(_ index: Int) -> String {
    let box = scene.boxes[index]
    let look = self.look(of: box)
    var attributes = look.attributes
    if box.style != .junction { attributes.insert("label=<\(table(look.rows))>", at: 0) }
    attributes += ["fillcolor=\"\(look.paint.fill)\"", "color=\"\(look.paint.stroke)\""]
    let tooltip = self.tooltip(of: box)
    if !tooltip.isEmpty { attributes.append("tooltip=\(DotText.quoted(lines: tooltip))") }
    attributes += identity(of: box)
    return "\(prefix)\(index) [\(attributes.joined(separator: ", "))]"
  }

  private func tooltip(of box: Scene.Box) -> String {
    guard let heat = options.heat, let own = box.heat else { return box.tooltip }
    var lines = ["\(heat.name) \(heat.text(own.total))"]
    if own.each.count > 1 {
      let shown = own.each.prefix(12).map(heat.text).joined(separator: ", ")
      lines.append("each: " + shown + (own.each.count > 12 ? ", …" : ""))
    }
    return (lines + [box.tooltip]).filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private func look(
    of box: Scene.Box
  ) -> (rows: [String], paint: Theme.Paint, attributes: [String]) {
    let title = DotText.html(box.title, limit: 48)
    let caption = box.caption.flatMap { $0.isEmpty ? nil : DotText.html($0) }
    let small = ["height=0.2", "margin=\"0.06,0.02\""]
    let tint = self.tint(of: box)
    let (ink, faint) = (tint?.ink ?? theme.text, tint?.ink ?? theme.faint)
    func lines(_ color: String) -> [String] {
      (box.lines + heatLine(of: box)).map { font(DotText.html($0, limit: 56), color, size: 8.5) }
    }
    let number = box.mark?.number.map { font("<B>\($0)</B>", ink, size: 9) + "&#160; " } ?? ""
    switch box.style {
    case .op:
      let name = caption.map { [font($0, ink, size: 9)] } ?? []
      return (
        [number + font("<B>\(title)</B>", ink)] + name + lines(faint),
        tint?.paint ?? theme.groups[box.group] ?? theme.layer,
        (box.group == .state ? ["shape=cylinder", "style=filled"] : []) + (tint?.attributes ?? [])
      )
    case .movement:
      let text = (caption.map { $0 + ": " } ?? "") + title
      return (
        [number + font(text, faint, size: 8.5)] + lines(faint),
        tint?.paint ?? theme.groups[.movement] ?? theme.layer,
        small + (tint?.attributes ?? ["penwidth=0.8"])
      )
    case .layer:
      let kind = caption.map { " &#160;" + font($0, ink) } ?? ""
      let times =
        box.count > 1
        ? " &#160;" + font("<B>× \(box.count)</B>", tint?.ink ?? theme.accent) : ""
      return (
        [number + font("<B>\(title)</B>", ink) + "\(kind)\(times)"] + lines(faint),
        tint?.paint ?? theme.layer, tint?.attributes ?? ["penwidth=1.6"]
      )
    case .block:
      let words = DotText.html(box.title.replacing("\n", with: "\u{1}"), limit: 60)
        .replacing("\u{fffd}", with: "<BR/>")
      return (
        [number + font("<B>\(words)</B>", ink)] + lines(faint),
        tint?.paint ?? theme.groups[box.group] ?? theme.layer, tint?.attributes ?? []
      )
    case .sum:
      return (
        [font("<B>+</B>", ink, size: 12)], tint?.paint ?? theme.groups[.elementwise] ?? theme.layer,
        ["shape=circle", "fixedsize=true", "width=0.26", "margin=0"]
      )
    case .input, .output:
      return (
        [font("<B>\(title)</B>", theme.terminalText)] + lines(theme.terminalText), theme.terminal,
        []
      )
    case .reference, .stub:
      let kind = caption.map { " &#160;" + font($0, theme.faint, size: 8.5) } ?? ""
      return (
        [font("<I>\(title)</I>", theme.text, size: 8.5) + kind],
        Theme.Paint(fill: theme.background, stroke: theme.terminal.stroke),
        small + ["style=\"rounded,filled,dashed\""]
      )
    case .junction:
      return (
        [], Theme.Paint(fill: theme.edge, stroke: theme.edge),
        ["shape=point", "width=0.07", "height=0.07"]
      )
    }
  }

  /// An edge's statement.
  func line(_ edge: Scene.Edge, _ shapes: [String]) -> String {
    var attributes: [String] = []
    let ends = [scene.boxes[edge.from].style, scene.boxes[edge.to].style]
    // Inputs and outputs say their shape themselves.
    if !shapes.isEmpty, options.showsShapes, !ends.contains(.input), !ends.contains(.output) {
      var counts: [String: Int] = [:]
      for shape in shapes { counts[shape, default: 0] += 1 }
      let texts = counts.sorted { $0.key < $1.key }.map { shape, count in
        DotText.html((count > 1 ? "\(count) of " : "") + shape)
      }
      attributes.append("label=< \(texts.joined(separator: "<BR/> "))>")
    }
    if edge.isResidual {
      attributes += ["color=\"\(theme.residual)\"", "penwidth=1.8", "weight=1", "label=\"  \""]
    }
    if ends[1] == .junction { attributes.append("arrowhead=none") }
    if ends.contains(.reference) || ends.contains(.stub) { attributes.append("style=dashed") }
    let suffix = attributes.isEmpty ? "" : " [\(attributes.joined(separator: ", "))]"
    return "\(prefix)\(edge.from) -> \(prefix)\(edge.to)\(suffix)"
  }

  /// Title, totals, notes and the legend.
  func heading() -> String { DotWriter.heading(headingRows()) }

  /// The heading's lines.
  func headingRows() -> [String] {
    let graph = scene.graph
    let parameters = graph.parameters
    var totals: [String] = []
    if !parameters.isEmpty {
      let count = Weights.elementCount(of: parameters.map(\.value.id), in: graph)
      totals.append(
        "\(Numbers.grouped(count)) parameters, \(Numbers.bytes(Weights.byteCount(of: graph)))")
    }
    if options.detail == .layers { return title(totals) }
    totals.append(graph.nodes.count == 1 ? "1 op" : "\(Numbers.grouped(graph.nodes.count)) ops")
    let layers = scene.outline.layers.dropFirst().filter { $0.component.layer != nil }.count
    if layers > 0 { totals.append(layers == 1 ? "1 layer" : "\(layers) layers") }
    return title(totals)
  }

  private func title(_ totals: [String]) -> [String] {
    var rows = [
      "<FONT POINT-SIZE=\"17\"><B>\(DotText.html(options.title ?? scene.graph.name))</B></FONT>",
      font(totals.joined(separator: " &#160;·&#160; "), theme.text, size: 11),
    ]
    for line in [options.subtitle].compactMap({ $0 }) + notes {
      rows.append(font(DotText.html(line, limit: 120), theme.faint, size: 10))
    }
    let key = options.heat.map(scaleBar) ?? legend()
    if !key.isEmpty { rows.append(key) }
    return rows
  }

  /// Lines on the left above a picture.
  static func heading(_ rows: [String]) -> String {
    let cells = rows.map { "<TR><TD ALIGN=\"LEFT\">\($0)</TD></TR>" }.joined()
    return "<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"1\">\(cells)"
      + "</TABLE>"
  }

  private func legend() -> String {
    let boxes = scene.boxes.filter { $0.style == .op || $0.style == .movement }
    let used = Set(boxes.map { $0.style == .movement ? .movement : $0.group })
    var entries = Theme.Group.allCases.filter { used.contains($0) }.map { group in
      font("■", (theme.groups[group] ?? theme.layer).stroke, size: 12)
        + font(" \(group.rawValue)", theme.text, size: 9.5)
    }
    if !entries.isEmpty, scene.edges.contains(where: \.isResidual) {
      entries.append(
        font("<B>→</B>", theme.residual, size: 12) + font(" residual", theme.text, size: 9.5))
    }
    return entries.joined(separator: " &#160; ")
  }
}
