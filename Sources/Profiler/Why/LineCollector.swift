import Compiler
import GraphLanguage
import IR

/// Collects ops and near misses by the lines that they stand on.
struct LineCollector {
  private struct Place: Hashable {
    var file: String
    var line: Int
  }

  /// One op on a line with the nodes that came from it.
  private struct Entry {
    var op: String
    var location: SourceLocation
    var instances: [(path: LayerPath, fate: WhyReport.Fate)] = []
  }

  private let outlines: [SourceOutline]
  private var order: [String: Int] = [:]
  private var entries: [Place: [Entry]] = [:]
  private var misses: [Place: [(remark: PassContext.Remark, at: SourceLocation)]] = [:]

  init(_ outlines: [SourceOutline]) {
    self.outlines = outlines
    for (i, outline) in outlines.enumerated() where order[outline.source.name] == nil {
      order[outline.source.name] = i
    }
  }

  /// The lines that `misses` are about.
  static func lines(
    of misses: [PassContext.Remark], _ outlines: [SourceOutline]
  ) -> [WhyReport.Line] {
    var collector = LineCollector(outlines)
    for miss in misses { collector.add(miss, .all) }
    return collector.lines
  }

  mutating func add(_ op: String, _ site: Origin.Site, _ fate: WhyReport.Fate) {
    guard let location = site.location else { return }
    let place = Place(file: location.file, line: location.line)
    let known = entries[place, default: []].firstIndex { $0.op == op && $0.location == location }
    let at = known ?? entries[place, default: []].count
    if known == nil { entries[place, default: []].append(Entry(op: op, location: location)) }
    entries[place]?[at].instances.append((site.path, fate))
  }

  /// Adds a near miss where it is about something that was asked for: at its own line, where that
  /// was asked for, too.
  mutating func add(_ remark: PassContext.Remark, _ selection: WhySelection) {
    let own = remark.nearMiss?.location ?? remark.origin.location
    let picked = remark.origin.sites.filter { selection.contains($0) }
    guard selection.holds(own) || !picked.isEmpty else { return }
    let isOwn = selection.holds(own) || picked.contains { $0.location == own }
    let location =
      (isOwn ? own : picked.lazy.compactMap(\.location).first)
      ?? SourceLocation(file: "", line: 0, column: 0)
    misses[Place(file: location.file, line: location.line), default: []].append((remark, location))
  }

  var lines: [WhyReport.Line] {
    let places = Set(entries.keys).union(misses.keys).sorted { a, b in
      let (i, j) = (order[a.file] ?? .max, order[b.file] ?? .max)
      return (i, a.file, a.line) < (j, b.file, b.line)
    }
    return places.map(line)
  }

  private func line(_ place: Place) -> WhyReport.Line {
    let outline = order[place.file].map { outlines[$0] }
    let own = (entries[place] ?? []).map { entry in
      (entry, column: outline?.mark(of: entry.op, at: entry.location) ?? entry.location.column)
    }.sorted { $0.column < $1.column }
    let ops = own.map { entry, column in
      WhyReport.Op(
        op: entry.op, column: column, count: entry.instances.count,
        fates: rolledUp(entry.instances))
    }
    let first = own.first?.0
    let location =
      first?.location ?? misses[place]?.first?.at
      ?? SourceLocation(file: place.file, line: place.line, column: 1)
    return WhyReport.Line(
      range: range(of: first?.op ?? "", at: location, in: outline), ops: ops,
      nearMisses: rolledUp(misses[place] ?? []))
  }

  private func range(
    of op: String, at location: SourceLocation, in outline: SourceOutline?
  ) -> Diagnostic.Range {
    if let range = outline?.range(of: op, at: location) { return range }
    if let outline, (1...max(outline.lineCount, 1)).contains(location.line) {
      return outline.range(ofLine: location.line)
    }
    return Diagnostic.Range(
      file: location.file, line: location.line, column: location.column, endLine: location.line,
      endColumn: location.column + 1, text: "")
  }

  /// One fate for all instances that ended in the same way, with their layers.
  private func rolledUp(
    _ instances: [(path: LayerPath, fate: WhyReport.Fate)]
  ) -> [WhyReport.Fate] {
    var order: [WhyReport.Fate] = []
    var members: [WhyReport.Fate: [Int]] = [:]
    for (i, instance) in instances.enumerated() {
      var key = instance.fate
      key.steps = []
      if members[key] == nil { order.append(key) }
      members[key, default: []].append(i)
    }
    return order.map { key in
      let own = (members[key] ?? []).map { instances[$0] }
      var fate = key
      fate.count = own.count
      fate.layers = LayerSummary.patterns(of: own.map(\.path))
      fate.steps = Set(own.flatMap(\.fate.steps)).sorted()
      return fate
    }
  }

  private func rolledUp(
    _ misses: [(remark: PassContext.Remark, at: SourceLocation)]
  ) -> [WhyReport.Miss] { WhyReport.Miss.rolledUp(misses.map(\.remark)) }
}

extension WhyReport.Miss {
  /// One near miss for all remarks that say the same of the same line, with their layers.
  static func rolledUp(_ remarks: [PassContext.Remark]) -> [Self] {
    var order: [Self] = []
    var paths: [Self: [LayerPath]] = [:]
    for remark in remarks {
      let miss = Self(remark)
      if paths[miss] == nil { order.append(miss) }
      paths[miss, default: []].append(remark.origin.path)
    }
    return order.map { miss in
      var rolledUp = miss
      rolledUp.count = paths[miss]?.count ?? 1
      rolledUp.layers = LayerSummary.patterns(of: paths[miss] ?? [])
      return rolledUp
    }
  }

  private init(_ remark: PassContext.Remark) {
    let report = CompilerReport.Remark(remark)
    self.init(
      pass: report.pass, message: report.message, predicate: report.predicate,
      value: report.value, place: report.place, uses: report.uses, hint: report.hint, count: 1,
      layers: [])
  }
}
