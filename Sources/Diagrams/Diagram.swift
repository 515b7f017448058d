import IR

/// A picture of a graph: layers as nested frames, equal layers drawn once, ops coloured by kind.
///
/// The same graph and options always give the same text. Nothing from the graph can break it: names
/// are escaped, and control characters replaced.
public struct Diagram: Sendable {
  /// The diagram as Graphviz reads it.
  public let dot: String
  /// How many boxes it has.
  public let boxCount: Int

  /// The most boxes that are drawn at all: dot's time grows faster than their number.
  public static let mostBoxes = 20_000

  /// Draws `graph`.
  ///
  /// - Throws: ``DiagramError/tooManyBoxes(count:limit:)``.
  public init(of graph: Graph, options: DiagramOptions = DiagramOptions()) throws(DiagramError) {
    let outline = Outline(graph, expandsRepeats: options.expandsRepeats)
    var scene = Scene(outline, depth: options.depth.map { max($0, 0) } ?? .max)
    var note: String?
    if options.depth == nil, !options.expandsRepeats {
      let (full, deepest) = (scene.boxes.count, scene.deepest)
      var depth = deepest
      while scene.boxes.count > options.boxLimit, depth > 0 {
        depth -= 1
        scene = Scene(outline, depth: depth)
        note = "drawn to depth \(depth) of \(deepest): in full it has \(full) boxes"
      }
    }
    guard scene.boxes.count <= Diagram.mostBoxes else {
      throw .tooManyBoxes(count: scene.boxes.count, limit: Diagram.mostBoxes)
    }
    boxCount = scene.boxes.count
    dot = DotWriter(scene, options, note: note).text()
  }

  /// The picture's bytes as `format`.
  public func rendered(_ format: Graphviz.Format) throws(DiagramError) -> [UInt8] {
    format == .dot ? Array(dot.utf8) : try Graphviz.rendered(dot, as: format)
  }
}
