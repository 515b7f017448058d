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
  /// What is drawn: one scene, or two side by side.
  private let scenes: [Scene]
  /// The same picture with other options.
  private let again: @Sendable (DiagramOptions) throws(DiagramError) -> Diagram

  /// The most boxes that are drawn at all: dot's time grows faster than their number.
  public static let mostBoxes = 20_000

  /// Draws `graph`.
  ///
  /// - Throws: ``DiagramError/tooManyBoxes(count:limit:)``, or ``DiagramError/unknownLayer(_:nearest:)``.
  public init(of graph: Graph, options: DiagramOptions = DiagramOptions()) throws(DiagramError) {
    let (scene, notes) = try Scene.fitting(graph, options)
    self.options = options
    scenes = [scene]
    again = { options throws(DiagramError) in try Diagram(of: graph, options: options) }
    boxCount = scene.boxes.count
    let writer = DotWriter(scene, options, notes: notes)
    let layout = scene.isFigure ? FigureLayout(scene) : nil
    engine = layout == nil ? "dot" : "nop2"
    dot = layout.map { FigureWriter(layout: $0, writer: writer).text() } ?? writer.text()
  }

  init(
    dot: String, scenes: [Scene], options: DiagramOptions,
    again: @escaping @Sendable (DiagramOptions) throws(DiagramError) -> Diagram
  ) {
    self.dot = dot
    self.scenes = scenes
    self.options = options
    self.again = again
    boxCount = scenes.reduce(0) { $0 + $1.boxes.count }
    engine = "dot"
  }

  /// The picture's bytes as `format`.
  ///
  /// A layout that takes longer than ``DiagramOptions/timeLimit`` is given up for that of a coarser
  /// picture, which says so.
  public func rendered(_ format: Graphviz.Format) throws(DiagramError) -> [UInt8] {
    switch format {
    case .dot: return Array(dot.utf8)
    case .mmd: return Array(try mermaid().utf8)
    case .md: return Array("```mermaid\n\(try mermaid())```\n".utf8)
    case .svg, .png, .pdf: break
    }
    do {
      let bytes = try Graphviz.rendered(
        dot, as: format, engine: engine, seconds: options.timeLimit)
      guard format == .svg, options.followsReader || options.heat != nil else { return bytes }
      return Array(ThemeSheet.styled(String(decoding: bytes, as: UTF8.self), options).utf8)
    } catch {
      guard case .tooSlow(let seconds) = error, let coarser = coarser(after: seconds) else {
        throw error
      }
      return try again(coarser).rendered(format)
    }
  }

  private func mermaid() throws(DiagramError) -> String {
    guard scenes.count == 1 else {
      throw .failed(
        stage: "writing", format: "Mermaid", messages: "it has no pictures side by side")
    }
    return MermaidWriter(scenes[0], options.theme).text()
  }

  /// The options of the next coarser picture; nil where there is none.
  private func coarser(after seconds: Double) -> DiagramOptions? {
    var coarser = options
    let deepest = scenes.map(\.deepest).max() ?? 0
    if options.expansion != .none {
      coarser.expansion = .none
      coarser.notes.append(
        "equal layers drawn once: Graphviz took longer than \(Numbers.real(seconds)) s for all")
    } else if deepest > 0, !scenes[0].isFigure {
      coarser.depth = deepest - 1
      coarser.notes.removeAll { $0.hasPrefix("drawn to depth") }
      coarser.notes.append(
        "drawn to depth \(deepest - 1): Graphviz took longer than \(Numbers.real(seconds)) s"
          + " for more")
    } else {
      return nil
    }
    return coarser
  }
}

extension Scene {
  /// Whether it is the page that a paper prints.
  var isFigure: Bool { options.detail == .layers && options.focus == nil }

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
    var notes = options.notes
    if options.depth == nil {
      let (full, deepest) = (scene.boxes.count, scene.deepest)
      var depth = deepest
      while scene.boxes.count > options.boxLimit, depth > 0 {
        depth -= 1
        scene = try Scene(outline, depth: depth, options: options)
      }
      if depth < deepest {
        notes.append("drawn to depth \(depth) of \(deepest): in full it has \(full) boxes")
      }
    }
    guard scene.boxes.count <= Diagram.mostBoxes else {
      throw .tooManyBoxes(count: scene.boxes.count, limit: Diagram.mostBoxes)
    }
    return (scene, notes)
  }

  /// The figure of a graph, with equal layers joined again where it has too many boxes.
  private static func figure(
    _ outline: Outline, _ options: DiagramOptions
  ) throws(DiagramError) -> (scene: Scene, notes: [String]) {
    let scene = Scene(figureOf: outline, options: options)
    guard scene.boxes.count > options.boxLimit else { return (scene, options.notes) }
    let note = "equal layers drawn once: in full it has \(scene.boxes.count) boxes"
    let joined = Scene(figureOf: Outline(outline.graph), options: options)
    guard joined.boxes.count <= Diagram.mostBoxes else {
      throw .tooManyBoxes(count: joined.boxes.count, limit: Diagram.mostBoxes)
    }
    return (joined, options.notes + (options.expansion == .none ? [] : [note]))
  }
}

extension DiagramOptions.Expansion {
  /// The paths that are asked for.
  var paths: [String] { if case .paths(let paths) = self { paths } else { [] } }
}
