/// Writes a scene as a flowchart for Mermaid, which web pages and READMEs draw.
struct MermaidWriter {
  private let scene: Scene
  private let theme: Theme
  private let edges: [Scene.Edge]

  init(_ scene: Scene, _ theme: Theme) {
    self.scene = scene
    self.theme = theme
    // Mermaid has no points where arrows branch: each comes from where the branch does.
    var source: [Int: Int] = [:]
    for edge in scene.edges where scene.boxes[edge.to].style == .junction {
      source[edge.to] = edge.from
    }
    var seen: Set<[Int]> = []
    edges = scene.edges.compactMap { edge in
      guard scene.boxes[edge.to].style != .junction else { return nil }
      var edge = edge
      while let from = source[edge.from] { edge.from = from }
      return seen.insert([edge.from, edge.to]).inserted ? edge : nil
    }
  }

  func text() -> String {
    var lines = ["flowchart TB"]
    let boxes = Dictionary(grouping: scene.boxes.indices) { scene.boxes[$0].frame }
    let frames = Dictionary(grouping: scene.frames.indices.dropFirst()) {
      scene.frames[$0].parent ?? 0
    }
    write(0, boxes, frames, &lines)
    for edge in edges {
      let isDashed = [scene.boxes[edge.from].style, scene.boxes[edge.to].style]
        .contains { $0 == .reference || $0 == .stub }
      lines.append(
        "  n\(edge.from) \(isDashed ? "-.->" : edge.isResidual ? "==>" : "-->") n\(edge.to)")
    }
    return (lines + classes()).joined(separator: "\n") + "\n"
  }

  private func write(
    _ frame: Int, _ boxes: [Int: [Int]], _ frames: [Int: [Int]], _ lines: inout [String]
  ) {
    let indent = String(repeating: "  ", count: scene.frames[frame].level + 1)
    for box in boxes[frame] ?? [] where scene.boxes[box].style != .junction {
      lines.append(indent + statement(box))
    }
    for inner in frames[frame] ?? [] {
      let own = scene.frames[inner]
      let times = own.count > 1 ? " × \(own.count)" : ""
      let title = [own.name, own.kind ?? ""].filter { !$0.isEmpty }.joined(separator: " · ")
      lines.append("\(indent)subgraph f\(inner)[\"\(escaped(title + times))\"]")
      write(inner, boxes, frames, &lines)
      lines.append("\(indent)end")
    }
  }

  private func statement(_ index: Int) -> String {
    let box = scene.boxes[index]
    var rows = box.title.split(separator: "\n").map { escaped(String($0)) }
    if let caption = box.caption, !caption.isEmpty { rows.append(escaped(caption)) }
    if box.style == .block { rows += box.lines.map(escaped) }
    if box.count > 1 { rows[0] += " × \(box.count)" }
    let label = rows.isEmpty ? " " : rows.joined(separator: "<br/>")
    return switch box.style {
    case .input, .output: "n\(index)([\"\(label)\"])"
    // A plus alone would begin a list of Markdown.
    case .sum: "n\(index)((\"⊕\"))"
    default: "n\(index)[\"\(label)\"]"
    }
  }

  /// `text` with what means something to Mermaid or HTML as character codes.
  private func escaped(_ text: String) -> String {
    var result = ""
    for scalar in DotText.shortened(text, 64).unicodeScalars {
      switch scalar.value {
      case 0..<0x20, 0x7f..<0xa0, 0xfffe, 0xffff: result += "#65533;"
      default:
        if "\"#&<>`\\;".unicodeScalars.contains(scalar) {
          result += "#\(scalar.value);"
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result.isEmpty ? " " : result
  }

  /// The colours of the kinds of work.
  private func classes() -> [String] {
    var lines: [String] = []
    let painted = scene.boxes.indices.filter {
      [.op, .block, .sum].contains(scene.boxes[$0].style)
    }
    for (i, group) in Theme.Group.allCases.enumerated() {
      let members = painted.filter { scene.boxes[$0].group == group }
      guard !members.isEmpty, let paint = theme.groups[group] else { continue }
      lines.append(
        "  classDef k\(i) fill:\(paint.fill),stroke:\(paint.stroke),color:\(theme.text)")
      lines.append("  class \(members.map { "n\($0)" }.joined(separator: ",")) k\(i)")
    }
    let ends = scene.boxes.indices.filter { [.input, .output].contains(scene.boxes[$0].style) }
    if !ends.isEmpty {
      lines.append(
        "  classDef ends fill:\(theme.terminal.fill),stroke:\(theme.terminal.stroke),"
          + "color:\(theme.terminalText)")
      lines.append("  class \(ends.map { "n\($0)" }.joined(separator: ",")) ends")
    }
    return lines
  }
}
