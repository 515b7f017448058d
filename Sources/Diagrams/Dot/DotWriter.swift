import IR
import Tensors

/// Writes a scene as DOT.
struct DotWriter {
  private let scene: Scene
  private let options: DiagramOptions
  private let note: String?
  private var theme: Theme { options.theme }

  init(_ scene: Scene, _ options: DiagramOptions, note: String?) {
    self.scene = scene
    self.options = options
    self.note = note
  }

  func text() -> String {
    var lines = [
      "digraph weft {",
      "  graph [rankdir=TB, bgcolor=\"\(theme.background)\", fontname=\"\(theme.font)\","
        + " fontsize=10, fontcolor=\"\(theme.text)\", nodesep=0.22, ranksep=0.3, pad=0.25,"
        + " labelloc=t, labeljust=l, charset=\"UTF-8\", label=<\(heading())>]",
      "  node [shape=box, style=\"rounded,filled\", fontname=\"\(theme.font)\", fontsize=11,"
        + " fontcolor=\"\(theme.text)\", margin=\"0.11,0.05\", height=0.3, penwidth=1.2]",
      "  edge [fontname=\"\(theme.font)\", fontsize=8.5, fontcolor=\"\(theme.faint)\","
        + " color=\"\(theme.edge)\", arrowsize=0.6, penwidth=1]",
    ]
    let boxes = Dictionary(grouping: scene.boxes.indices) { scene.boxes[$0].frame }
    let frames = Dictionary(grouping: scene.frames.indices.dropFirst()) {
      scene.frames[$0].parent ?? 0
    }
    write(frame: 0, boxes, frames, &lines)
    var labelled: Set<[Int]> = []
    for edge in scene.edges {
      let isFirst = labelled.insert([edge.value.index, scene.boxes[edge.to].frame]).inserted
      lines.append("  " + line(edge, showsShape: isFirst))
    }
    return lines.joined(separator: "\n") + "\n}\n"
  }

  /// The boxes and frames inside a frame; frames stand inside each other by their level.
  private func write(
    frame: Int, _ boxes: [Int: [Int]], _ frames: [Int: [Int]], _ lines: inout [String]
  ) {
    let indent = String(repeating: "  ", count: scene.frames[frame].level + 1)
    for box in boxes[frame] ?? [] { lines.append(indent + line(box)) }
    for inner in frames[frame] ?? [] {
      let paint = theme.levels[(scene.frames[inner].level - 1) % theme.levels.count]
      let isRun = scene.frames[inner].count > 1
      lines.append("\(indent)subgraph cluster_\(inner) {")
      lines.append(
        "\(indent)  graph [label=<\(title(scene.frames[inner]))>, labeljust=l, labelloc=t,"
          + " style=\"rounded,filled\", fillcolor=\"\(paint.fill)\","
          + " color=\"\(isRun ? theme.accent : paint.stroke)\", penwidth=\(isRun ? 2 : 1),"
          + " margin=10]")
      write(frame: inner, boxes, frames, &lines)
      lines.append("\(indent)}")
    }
  }

  // MARK: Labels

  private func font(_ text: String, _ color: String, size: Double? = nil) -> String {
    let size = size.map { " POINT-SIZE=\"\($0)\"" } ?? ""
    return "<FONT COLOR=\"\(color)\"\(size)>\(text)</FONT>"
  }

  private func title(_ frame: Scene.Frame) -> String {
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

  private func line(_ index: Int) -> String {
    let box = scene.boxes[index]
    let title = DotText.html(box.title, limit: 48)
    let small = box.lines.map { font(DotText.html($0, limit: 56), theme.faint, size: 8.5) }
    var paint = theme.groups[box.group] ?? theme.layer
    var attributes: [String] = []
    var rows: [String]
    switch box.style {
    case .op:
      let caption = box.caption.map {
        $0.isEmpty ? [] : [font(DotText.html($0), theme.text, size: 9)]
      }
      rows = ["<B>\(title)</B>"] + (caption ?? []) + small
    case .movement:
      paint = theme.groups[.movement] ?? paint
      let caption = box.caption.map { $0.isEmpty ? "" : DotText.html($0) + ": " } ?? ""
      rows = [font(caption + title, theme.faint, size: 8.5)] + small
      attributes += ["height=0.2", "margin=\"0.06,0.02\"", "penwidth=0.8"]
    case .layer:
      paint = theme.layer
      let kind = box.caption.map { " &#160;" + DotText.html($0) } ?? ""
      rows = ["<B>\(title)</B>\(kind)"] + small
      attributes.append("penwidth=1.6")
    case .input, .output:
      paint = theme.terminal
      rows = [font("<B>\(title)</B>", theme.background)]
      rows += box.lines.map { font(DotText.html($0), theme.background, size: 8.5) }
    case .reference:
      paint = Theme.Paint(fill: theme.background, stroke: theme.terminal.stroke)
      rows = [font("<I>\(title)</I>", theme.text, size: 8.5)]
      attributes += ["style=\"rounded,filled,dashed\"", "height=0.2", "margin=\"0.06,0.02\""]
    }
    attributes += ["fillcolor=\"\(paint.fill)\"", "color=\"\(paint.stroke)\""]
    if !box.tooltip.isEmpty { attributes.append("tooltip=\(DotText.quoted(box.tooltip))") }
    return "n\(index) [label=<\(table(rows))>, \(attributes.joined(separator: ", "))]"
  }

  private func line(_ edge: Scene.Edge, showsShape: Bool) -> String {
    var attributes: [String] = []
    let ends = [scene.boxes[edge.from].style, scene.boxes[edge.to].style]
    // Inputs and outputs say their shape themselves.
    if showsShape, !ends.contains(.input), !ends.contains(.output) {
      let shape = DotText.html(Numbers.shape(scene.graph.type(of: edge.value)))
      attributes.append("label=< \(shape)>")
    }
    if edge.isResidual { attributes += ["color=\"\(theme.residual)\"", "penwidth=1.8"] }
    if ends[0] == .reference { attributes.append("style=dashed") }
    let suffix = attributes.isEmpty ? "" : " [\(attributes.joined(separator: ", "))]"
    return "n\(edge.from) -> n\(edge.to)\(suffix)"
  }

  // MARK: Heading

  private func heading() -> String {
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
    let cells = rows.map { "<TR><TD ALIGN=\"LEFT\">\($0)</TD></TR>" }.joined()
    return "<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"1\">\(cells)"
      + "<TR><TD ALIGN=\"LEFT\">\(legend())</TD></TR></TABLE>"
  }

  private func legend() -> String {
    let boxes = scene.boxes.filter { $0.style == .op || $0.style == .movement }
    let used = Set(boxes.map { $0.style == .movement ? .movement : $0.group })
    var cells = Theme.Group.allCases.filter { used.contains($0) }.map { group -> String in
      let paint = theme.groups[group] ?? theme.layer
      return
        "<TD BORDER=\"1\" STYLE=\"ROUNDED\" BGCOLOR=\"\(paint.fill)\" COLOR=\"\(paint.stroke)\">"
        + font(group.rawValue, theme.text, size: 9) + "</TD>"
    }
    if scene.edges.contains(where: \.isResidual) {
      cells.append("<TD>\(font("<B>→</B> residual", theme.residual, size: 9))</TD>")
    }
    guard !cells.isEmpty else { return "" }
    return "<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"5\" CELLPADDING=\"3\">"
      + "<TR>\(cells.joined())</TR></TABLE>"
  }
}
