import IR
import Tensors

/// Writes a scene as DOT.
struct DotWriter {
  let scene: Scene
  let options: DiagramOptions
  let notes: [String]
  /// What the names of boxes begin with: another letter for each picture of several.
  let prefix: String
  /// The number of the first frame: another for each picture of several.
  let firstFrame: Int
  var theme: Theme { options.theme }

  init(
    _ scene: Scene, _ options: DiagramOptions, notes: [String], prefix: String = "n",
    firstFrame: Int = 0
  ) {
    self.scene = scene
    self.options = options
    self.notes = notes
    self.prefix = prefix
    self.firstFrame = firstFrame
  }

  func text() -> String { DotWriter.graph(theme, heading: heading(), body: body()) }

  /// A whole picture.
  static func graph(_ theme: Theme, heading: String?, body: [String]) -> String {
    let lines = [
      "digraph weft {",
      "  graph [rankdir=TB, bgcolor=\"\(theme.background)\", fontname=\"\(theme.font)\","
        + " fontsize=10, fontcolor=\"\(theme.text)\", nodesep=0.22, ranksep=0.3, pad=0.25,"
        + " labelloc=t, labeljust=l, charset=\"UTF-8\""
        + (heading.map { ", label=<\($0)>]" } ?? ", layout=nop2]"),
      "  node [shape=box, style=\"rounded,filled\", fontname=\"\(theme.font)\", fontsize=11,"
        + " fontcolor=\"\(theme.text)\", margin=\"0.11,0.05\", height=0.3, penwidth=1.2]",
      "  edge [fontname=\"\(theme.font)\", fontsize=8.5, fontcolor=\"\(theme.faint)\","
        + " color=\"\(theme.edge)\", arrowsize=0.6, penwidth=1, weight=3]",
    ]
    return (lines + body).joined(separator: "\n") + "\n}\n"
  }

  /// The boxes, frames and edges.
  func body() -> [String] {
    var lines: [String] = []
    let boxes = Dictionary(grouping: scene.boxes.indices) { scene.boxes[$0].frame }
    let frames = Dictionary(grouping: scene.frames.indices.dropFirst()) {
      scene.frames[$0].parent ?? 0
    }
    // An edge stands in the innermost frame that holds both ends, so that its label does, too.
    var edges: [Int: [String]] = [:]
    for bundle in bundles() {
      edges[scene.commonFrame(bundle.edge), default: []].append(line(bundle.edge, bundle.shapes))
    }
    write(frame: 0, boxes, frames, edges, &lines)
    return lines
  }

  /// The boxes and frames inside a frame; frames stand inside each other by their level.
  private func write(
    frame: Int, _ boxes: [Int: [Int]], _ frames: [Int: [Int]], _ edges: [Int: [String]],
    _ lines: inout [String]
  ) {
    let indent = String(repeating: "  ", count: scene.frames[frame].level + 1)
    for box in boxes[frame] ?? [] { lines.append(indent + line(box)) }
    for inner in frames[frame] ?? [] {
      let paint = theme.levels[(scene.frames[inner].level - 1) % theme.levels.count]
      let isRun = scene.frames[inner].count > 1
      lines.append("\(indent)subgraph cluster_\(firstFrame + inner) {")
      lines.append(
        "\(indent)  graph [label=<\(title(scene.frames[inner]))>, labeljust=l, labelloc=t,"
          + " style=\"rounded,filled\", fillcolor=\"\(paint.fill)\","
          + " color=\"\(isRun ? theme.accent : paint.stroke)\", penwidth=\(isRun ? 2 : 1),"
          + " margin=10, \(identity(ofFrame: scene.frames[inner]))]")
      write(frame: inner, boxes, frames, edges, &lines)
      lines.append("\(indent)}")
    }
    lines += (edges[frame] ?? []).map { indent + $0 }
  }

  /// Edges with the shapes that stand at them: those between the same boxes are one.
  private func bundles() -> [(edge: Scene.Edge, shapes: [String])] {
    let labelled = labelledEdges()
    var bundles: [(edge: Scene.Edge, shapes: [String])] = []
    var places: [[Int]: Int] = [:]
    for (i, edge) in scene.edges.enumerated() {
      let place = places[[edge.from, edge.to]] ?? bundles.count
      if place == bundles.count {
        places[[edge.from, edge.to]] = place
        bundles.append((edge, []))
      }
      if labelled.contains(i) {
        bundles[place].shapes.append(Numbers.shape(scene.graph.type(of: edge.value)))
      }
    }
    return bundles
  }

  /// One edge for each value: the one into a junction, or the first that isn't residual.
  private func labelledEdges() -> Set<Int> {
    var chosen: [ValueID: Int] = [:]
    for (i, edge) in scene.edges.enumerated() where !edge.isResidual {
      let from = scene.boxes[edge.from].style
      guard from != .junction else { continue }
      if chosen[edge.value] == nil || scene.boxes[edge.to].style == .junction {
        chosen[edge.value] = i
      }
    }
    return Set(chosen.values)
  }
}
