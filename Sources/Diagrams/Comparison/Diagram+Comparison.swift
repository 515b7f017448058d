import IR

extension Diagram {
  /// Two graphs of which one was made from the other, side by side: boxes that became one another
  /// have one number and colour.
  ///
  /// - Parameter names: what stands over each, such as `before` and `after fuse-linear`.
  public init(
    before: Graph, after: Graph, names: (String, String), options: DiagramOptions
  ) throws(DiagramError) {
    try self.init([before, after], names, .origins, options)
  }

  /// Two graphs that were written apart, side by side: what is only in one of them, and what differs.
  public init(
    of first: Graph, and second: Graph, names: (String, String), options: DiagramOptions
  ) throws(DiagramError) {
    try self.init([first, second], names, .places, options)
  }

  init(
    _ graphs: [Graph], _ names: (String, String), _ rule: BoxMatching.Rule,
    _ options: DiagramOptions
  ) throws(DiagramError) {
    var options = options
    options.heat = nil
    options.showsShapes = false
    var half = options
    half.boxLimit = options.boxLimit / 2
    // Both as deep as the one that allows less.
    var fitted = [try Scene.fitting(graphs[0], half), try Scene.fitting(graphs[1], half)]
    let depths = fitted.map(\.scene.deepest)
    if depths[0] != depths[1], !fitted[0].scene.isFigure {
      half.depth = depths.min()
      fitted = [try Scene.fitting(graphs[0], half), try Scene.fitting(graphs[1], half)]
    }
    var scenes = fitted.map(\.scene)
    let matching = BoxMatching(scenes[0], scenes[1], by: rule)
    for side in scenes.indices {
      for (box, mark) in matching.marks[side] { scenes[side].boxes[box].mark = mark }
    }
    let writers = [
      DotWriter(scenes[0], options, notes: []),
      DotWriter(scenes[1], options, notes: [], prefix: "m", firstFrame: scenes[0].frames.count + 1),
    ]
    var notes: [String] = []
    for note in fitted.flatMap(\.notes) where !notes.contains(note) { notes.append(note) }
    let heading = writers[0].comparisonHeading(
      names, rule, changes: matching.count, notes: notes)
    let theme = options.theme
    var body: [String] = []
    for (writer, name) in zip(writers, [names.0, names.1]) {
      let label = "<FONT POINT-SIZE=\"14\"><B>\(DotText.html(name))</B></FONT>"
      body.append("  subgraph cluster_\(writer.firstFrame) {")
      body.append(
        "    graph [label=<\(label)>, labeljust=l, style=\"rounded\", color=\"\(theme.faint)\","
          + " penwidth=1, margin=14]")
      body += writer.body().map { "  " + $0 }
      body.append("  }")
    }
    self.init(
      dot: DotWriter.graph(theme, heading: DotWriter.heading(heading), body: body),
      scenes: scenes, options: options,
      again: { options throws(DiagramError) in try Diagram(graphs, names, rule, options) })
  }
}

extension DotWriter {
  /// The title, and what the colours mean.
  fileprivate func comparisonHeading(
    _ names: (String, String), _ rule: BoxMatching.Rule, changes: Int, notes: [String]
  ) -> [String] {
    var rows = [
      "<FONT POINT-SIZE=\"17\"><B>\(DotText.html(options.title ?? scene.graph.name))</B></FONT>"
    ]
    for line in [options.subtitle].compactMap({ $0 }) + notes {
      rows.append(font(DotText.html(line, limit: 120), theme.faint, size: 10))
    }
    func key(_ mark: Mark, _ text: String) -> String {
      let paint = tint(of: mark).paint
      return font("■", paint.stroke, size: 12) + font(" \(text)", theme.text, size: 9.5)
    }
    switch rule {
    case .origins:
      let what =
        changes == 0
        ? "nothing changed"
        : "boxes of one number and colour became one another; grey ones stayed, dashed ones are gone"
      rows.append(font(what, theme.text, size: 10))
    case .places:
      rows.append(
        [
          key(Mark(kind: .removed), "only in \(DotText.html(names.0)) (dashed)"),
          key(Mark(kind: .added), "only in \(DotText.html(names.1)) (bold)"),
          key(Mark(kind: .changed), "differs"), key(Mark(kind: .same), "equal"),
        ].joined(separator: " &#160; "))
    }
    return rows
  }
}
