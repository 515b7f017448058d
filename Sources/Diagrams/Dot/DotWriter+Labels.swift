import IR
import Tensors

/// What stands in boxes, frames and the heading.
extension DotWriter {
  private func font(_ text: String, _ color: String, size: Double? = nil) -> String {
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
    if !box.tooltip.isEmpty { attributes.append("tooltip=\(DotText.quoted(box.tooltip))") }
    return "n\(index) [\(attributes.joined(separator: ", "))]"
  }

  private func look(
    of box: Scene.Box
  ) -> (rows: [String], paint: Theme.Paint, attributes: [String]) {
    let title = DotText.html(box.title, limit: 48)
    let caption = box.caption.flatMap { $0.isEmpty ? nil : DotText.html($0) }
    let small = ["height=0.2", "margin=\"0.06,0.02\""]
    func lines(_ color: String) -> [String] {
      box.lines.map { font(DotText.html($0, limit: 56), color, size: 8.5) }
    }
    switch box.style {
    case .op:
      let name = caption.map { [font($0, theme.text, size: 9)] } ?? []
      return (
        ["<B>\(title)</B>"] + name + lines(theme.faint), theme.groups[box.group] ?? theme.layer, []
      )
    case .movement:
      let text = (caption.map { $0 + ": " } ?? "") + title
      return (
        [font(text, theme.faint, size: 8.5)] + lines(theme.faint),
        theme.groups[.movement] ?? theme.layer, small + ["penwidth=0.8"]
      )
    case .layer:
      let kind = caption.map { " &#160;" + $0 } ?? ""
      let times = box.count > 1 ? " &#160;" + font("<B>× \(box.count)</B>", theme.accent) : ""
      return (
        ["<B>\(title)</B>\(kind)\(times)"] + lines(theme.faint), theme.layer, ["penwidth=1.6"]
      )
    case .input, .output:
      return (
        [font("<B>\(title)</B>", theme.background)] + lines(theme.background), theme.terminal, []
      )
    case .reference:
      return (
        [font("<I>\(title)</I>", theme.text, size: 8.5)],
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
    if !shapes.isEmpty, !ends.contains(.input), !ends.contains(.output) {
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
    if ends[0] == .reference { attributes.append("style=dashed") }
    let suffix = attributes.isEmpty ? "" : " [\(attributes.joined(separator: ", "))]"
    return "n\(edge.from) -> n\(edge.to)\(suffix)"
  }

  /// Title, totals, notes and the legend.
  func heading() -> String {
    let graph = scene.graph
    let parameters = graph.parameters
    var totals: [String] = []
    if !parameters.isEmpty {
      let count = Weights.elementCount(of: parameters.map(\.value.id), in: graph)
      totals.append(
        "\(Numbers.grouped(count)) parameters, \(Numbers.bytes(Weights.byteCount(of: graph)))")
    }
    totals.append(graph.nodes.count == 1 ? "1 op" : "\(Numbers.grouped(graph.nodes.count)) ops")
    let layers = scene.outline.layers.dropFirst().filter { $0.component.layer != nil }.count
    if layers > 0 { totals.append(layers == 1 ? "1 layer" : "\(layers) layers") }
    var rows = [
      "<FONT POINT-SIZE=\"17\"><B>\(DotText.html(options.title ?? graph.name))</B></FONT>",
      font(totals.joined(separator: " &#160;·&#160; "), theme.text, size: 11),
    ]
    for line in [options.subtitle, note].compactMap({ $0 }) {
      rows.append(font(DotText.html(line, limit: 120), theme.faint, size: 10))
    }
    let key = legend()
    if !key.isEmpty { rows.append(key) }
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
    if scene.edges.contains(where: \.isResidual) {
      entries.append(
        font("<B>→</B>", theme.residual, size: 12) + font(" residual", theme.text, size: 9.5))
    }
    return entries.joined(separator: " &#160; ")
  }
}
