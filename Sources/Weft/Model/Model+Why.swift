import Foundation

extension Model {
  /// What became of the lines that `place` names, and what nearly did.
  ///
  /// - Parameters:
  ///   - place: a line of the graph file (`41`) or of one that it imports (`layers/encoder.weft:12`,
  ///     `encoder.weft:12`), a file, or a layer path (`encoder.layer.0.attention`); nil for all lines.
  ///   - entry: the entry, by default the first.
  ///   - bindings: values for all symbols, for steps and kernels; nil to look at the graph alone.
  /// - Throws: ``WhyError`` for a place that there isn't.
  public func why(
    _ place: String? = nil, entry name: String? = nil, bindings: Bindings? = nil
  ) throws -> WhyReport {
    let entry = try entry(name)
    let outlines = outlines()
    let unused = definition.unusedNodes[entry.name] ?? []
    let resolver = WhyPlaces(
      entry: entry.name, sites: sites(of: entry.name), outlines: outlines)
    let selection = try place.map { try resolver.selection($0) } ?? .all
    let compiled = try PassManager(shared.passes).compile(entry.graph, tracingLineage: true)
    var report = WhyReport(
      model: definition.name, compiled, planned: try bindings.map { try entry.plan(for: $0) },
      selection: selection, unused: unused, outlines: outlines)
    let others = entries.map(\.name).filter { $0 != entry.name }.map { ($0, sites(of: $0)) }
    report.notes += resolver.notes(on: selection, others: others)
    return report
  }

  /// Where the ops of an entry are written down, also those that no output hangs on.
  private func sites(of entry: String) -> [Origin.Site] {
    let used = definition.entry(entry)?.nodes.map(\.origin) ?? []
    let unused = definition.unusedNodes[entry]?.map(\.origin) ?? []
    return (used + unused).compactMap(\.sites.first)
  }

  /// What the pass of that name did, and what it nearly did.
  ///
  /// - Throws: ``WhyError/unknownPass(_:nearest:known:)``.
  public func why(pass name: String, entry entryName: String? = nil) throws -> PassReport {
    guard let pass = shared.passes.first(where: { $0.name == name }) else {
      var known: [String] = []
      for pass in shared.passes where !known.contains(pass.name) { known.append(pass.name) }
      throw WhyError.unknownPass(name, nearest: nearestName(to: name, among: known), known: known)
    }
    let compiled = try entry(entryName).compiled()
    return PassReport(model: definition.name, compiled, of: pass, outlines: outlines())
  }

  /// The model's files as they are now.
  private func outlines() -> [SourceOutline] {
    definition.sourceFiles.compactMap { name in
      let url = URL(filePath: name)
      let text = registry.graphFiles.contents(of: url)
      guard let bytes = text ?? (try? Data(contentsOf: url)).map({ Array($0) }) else { return nil }
      return SourceOutline(SourceText(name: name, bytes: bytes))
    }
  }
}

/// Finds what a user means by a line, a file or a layer, and says what stands there.
struct WhyPlaces {
  let entry: String
  /// Where its ops are written down.
  let sites: [Origin.Site]
  let outlines: [SourceOutline]

  private var files: [String] { outlines.map(\.source.name) }

  /// What `text` names.
  func selection(_ text: String) throws(WhyError) -> WhySelection {
    if let line = Int(text), let root = outlines.first { return try self.line(line, of: root) }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    if parts.count > 1, let line = Int(parts[1]), parts.count <= 3 {
      return try self.line(line, of: try file(parts[0]))
    }
    if text.hasSuffix(".weft") || text.contains("/") { return .file(try file(text).source.name) }
    return try layer(text)
  }

  private func line(_ line: Int, of outline: SourceOutline) throws(WhyError) -> WhySelection {
    let name = outline.source.name
    guard (1...max(outline.lineCount, 1)).contains(line) else {
      throw .lineBeyond(file: name, line: line, count: outline.lineCount)
    }
    return .line(file: name, line)
  }

  /// The file of that name: as the model names it, or the end of its path.
  private func file(_ name: String) throws(WhyError) -> SourceOutline {
    if let exact = outlines.first(where: { $0.source.name == name }) { return exact }
    let tail = name.hasPrefix("./") ? String(name.dropFirst(2)) : name
    let found = outlines.filter {
      $0.source.name == tail || $0.source.name.hasSuffix("/" + tail)
    }
    guard let first = found.first else {
      let short = outlines.map { $0.source.name.split(separator: "/").last.map(String.init) ?? "" }
      let nearest = nearestName(to: tail, among: files + short)
      throw .unknownFile(name, nearest: nearest, known: files)
    }
    guard found.count == 1 else {
      throw .ambiguousFile(name, candidates: found.map(\.source.name))
    }
    return first
  }

  /// The layer of that path, where something is computed in it.
  private func layer(_ text: String) throws(WhyError) -> WhySelection {
    let selection = WhySelection.layer(text)
    if sites.contains(where: selection.contains) { return selection }
    let path = text.replacing("[", with: ".").replacing("]", with: "")
    var known: Set<String> = []
    for site in sites {
      var prefix = LayerPath()
      for component in site.path.components {
        prefix = prefix.appending([component])
        known.insert(prefix.description)
      }
    }
    let all = known.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
    let longer = all.first { $0.hasSuffix("." + path) } ?? all.first { $0.contains(path) }
    throw .unknownLayer(text, nearest: longer ?? nearestName(to: path, among: all))
  }

  /// What there is to say of a line: what is called there, or why it has no op.
  func notes(
    on selection: WhySelection, others: [(entry: String, sites: [Origin.Site])]
  ) -> [String] {
    guard case .line(let file, let line) = selection,
      let outline = outlines.first(where: { $0.source.name == file })
    else { return [] }
    let content = outline.content(ofLine: line)
    if sites.contains(where: { selection.holds($0.location) }) { return [] }
    if sites.contains(where: selection.contains) {
      return ["\(file):\(line) is \(content.description), which stands for what is below."]
    }
    var notes = [
      outline.range(ofLine: line).excerpt(color: false, tint: ""),
      "No op of entry '\(entry)' stands there: it is \(content.description).",
    ]
    for other in others where other.sites.contains(where: selection.contains) {
      notes.append("Entry '\(other.entry)' computes it: --entry \(other.entry).")
    }
    let lines = Set(sites.compactMap(\.location).filter { $0.file == file }.map(\.line))
    let near = lines.sorted { (abs($0 - line), $0) < (abs($1 - line), $1) }.prefix(3).sorted()
    notes.append(
      near.isEmpty
        ? "Entry '\(entry)' computes nothing in \(file)."
        : "Lines near with ops: \(near.map(String.init).joined(separator: ", ")).")
    return notes
  }
}
