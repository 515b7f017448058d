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
  let options: DiagramOptions
  /// Graphviz's layout.
  let engine: String

  /// The most boxes that are drawn at all: dot's time grows faster than their number.
  public static let mostBoxes = 20_000

  /// Draws `graph`.
  ///
  /// - Throws: ``DiagramError/tooManyBoxes(count:limit:)``, or ``DiagramError/unknownLayer(_:nearest:)``.
  public init(of graph: Graph, options: DiagramOptions = DiagramOptions()) throws(DiagramError) {
    let (scene, notes) = try Scene.fitting(graph, options)
    self.options = options
    boxCount = scene.boxes.count
    let writer = DotWriter(scene, options, notes: notes)
    let layout = options.detail == .layers && options.focus == nil ? FigureLayout(scene) : nil
    engine = layout == nil ? "dot" : "nop2"
    dot = layout.map { FigureWriter(layout: $0, writer: writer).text() } ?? writer.text()
  }

  /// The picture's bytes as `format`.
  public func rendered(_ format: Graphviz.Format) throws(DiagramError) -> [UInt8] {
    if format == .dot { return Array(dot.utf8) }
    let bytes = try Graphviz.rendered(dot, as: format, engine: engine)
    guard format == .svg, options.followsReader else { return bytes }
    let svg = String(decoding: bytes, as: UTF8.self)
    return Array(ThemeSheet.adapting(svg, light: .light, dark: .dark).utf8)
  }
}

extension Scene {
  /// The scene of `graph` as deep as its box limit allows, and what to say of it.
  static func fitting(
    _ graph: Graph, _ options: DiagramOptions
  ) throws(DiagramError) -> (scene: Scene, notes: [String]) {
    var expansion = options.expansion
    if let focus = options.focus, expansion != .all {
      expansion = .paths(expansion.paths + [focus])
    }
    let outline = Outline(graph, expansion: expansion)
    for path in options.expansion.paths { try outline.check(path) }
    if options.detail == .layers, options.focus == nil { return try figure(outline, options) }
    var scene = try Scene(
      outline, depth: options.depth.map { max($0, 0) } ?? .max, options: options)
    var notes: [String] = []
    if options.depth == nil {
      let (full, deepest) = (scene.boxes.count, scene.deepest)
      var depth = deepest
      while scene.boxes.count > options.boxLimit, depth > 0 {
        depth -= 1
        scene = try Scene(outline, depth: depth, options: options)
        notes = ["drawn to depth \(depth) of \(deepest): in full it has \(full) boxes"]
      }
    }
    guard scene.boxes.count <= Diagram.mostBoxes else {
      throw .tooManyBoxes(count: scene.boxes.count, limit: Diagram.mostBoxes)
    }
    return (scene, notes)
  }
}

extension Scene {
  /// The figure of a graph, with equal layers joined again where it has too many boxes.
  private static func figure(
    _ outline: Outline, _ options: DiagramOptions
  ) throws(DiagramError) -> (scene: Scene, notes: [String]) {
    let scene = Scene(figureOf: outline, options: options)
    guard scene.boxes.count > options.boxLimit else { return (scene, []) }
    let note = "equal layers drawn once: in full it has \(scene.boxes.count) boxes"
    let joined = Scene(figureOf: Outline(outline.graph), options: options)
    guard joined.boxes.count <= Diagram.mostBoxes else {
      throw .tooManyBoxes(count: joined.boxes.count, limit: Diagram.mostBoxes)
    }
    return (joined, options.expansion == .none ? [] : [note])
  }
}

extension DiagramOptions.Expansion {
  /// The paths that are asked for.
  var paths: [String] { if case .paths(let paths) = self { paths } else { [] } }
}
