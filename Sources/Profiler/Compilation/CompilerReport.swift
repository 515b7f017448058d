import Compiler
import IR

/// What the compiler did to a graph, for people and programs.
///
/// As JSON it has exactly the properties below.
public struct CompilerReport: Codable, Hashable, Sendable, JSONReport {
  /// What one pass did.
  public struct Pass: Codable, Hashable, Sendable {
    /// Its name.
    public var name: String
    /// Rewrites that were applied.
    public var patches: Int
    /// Nodes before it.
    public var nodesBefore: Int
    /// Nodes after it.
    public var nodesAfter: Int
    /// The time that it took, verification included.
    public var microseconds: Double
  }

  /// Something worth telling about one place.
  public struct Remark: Codable, Hashable, Sendable {
    /// `applied`, or `missed` for what was nearly rewritten.
    public var kind: String
    /// The pass.
    public var pass: String
    /// A sentence.
    public var message: String
    /// The first line that it is about, `file:line:column`; empty where there is none.
    public var place: String
    /// The layer that it is about.
    public var layer: String
    /// The file of ``place``; empty where there is none.
    public var file: String
    /// The line of ``place``; 0 where there is none.
    public var line: Int
    /// For what was missed, the predicate that failed, such as `sole-use`; empty where the pass
    /// doesn't say.
    public var predicate: String
    /// What people call the value that the predicate didn't hold for; empty where it is none.
    public var value: String
    /// Who uses that value, where that is what stood in the way, as `add at minilm.weft:41:7`.
    public var uses: [String]
    /// What to change; empty where there is nothing to be had.
    public var hint: String

    /// `remark` as a report tells it.
    init(_ remark: PassContext.Remark) {
      kind = remark.kind == .applied ? "applied" : "missed"
      pass = remark.pass
      message = remark.message
      let miss = remark.nearMiss
      let location = miss?.location ?? remark.origin.location
      place = location?.description ?? ""
      file = location?.file ?? ""
      line = location?.line ?? 0
      layer = remark.origin.path.description
      predicate = miss?.predicate.rawValue ?? ""
      value = miss?.value ?? ""
      uses = miss?.uses.map(\.description) ?? []
      hint = miss?.hint ?? ""
    }
  }

  /// The graph's name.
  public var graph: String
  /// The passes, in order.
  public var passes: [Pass]
  /// What they said.
  public var remarks: [Remark]
  /// The time of all passes.
  public var microseconds: Double
  /// The memory plan, where dimensions are bound.
  public var memory: MemoryReport?

  /// A report on what `compiled` went through.
  public init(_ compiled: CompiledGraph, memory: MemoryReport? = nil) {
    let report = compiled.report
    graph = compiled.graph.name
    passes = report.passes.map {
      Pass(
        name: $0.pass, patches: $0.patches, nodesBefore: $0.nodesBefore, nodesAfter: $0.nodesAfter,
        microseconds: $0.duration.microseconds)
    }
    remarks = report.remarks.map(Remark.init)
    microseconds = report.duration.microseconds
    self.memory = memory
  }

  /// The report for people; `colored` for a terminal.
  public func text(colored: Bool = false) -> String {
    var parts = [passTable]
    if !remarks.isEmpty { parts.append(remarkList(colored)) }
    if let memory { parts.append(memory.text) }
    return parts.joined(separator: "\n\n")
  }

  private var passTable: String {
    var table = TextTable(columns: [
      .init("pass"), .init("patches", .right), .init("nodes", .right), .init("", .left),
      .init("µs", .right),
    ])
    for pass in passes {
      table.add([
        pass.name, "\(pass.patches)", "\(pass.nodesBefore)", "→ \(pass.nodesAfter)",
        Figures.fixed(pass.microseconds, 0),
      ])
    }
    table.addRule()
    table.add([
      "all", "\(passes.reduce(0) { $0 + $1.patches })", "\(passes.first?.nodesBefore ?? 0)",
      "→ \(passes.last?.nodesAfter ?? 0)", Figures.fixed(microseconds, 0),
    ])
    return table.text
  }

  /// The same remark of several layers stands once, with their number.
  private func remarkList(_ colored: Bool) -> String {
    struct Key: Hashable {
      var kind: String
      var pass: String
      var message: String
      var place: String
      var hint: String
    }
    var order: [Key] = []
    var counts: [Key: Int] = [:]
    for remark in remarks {
      let key = Key(
        kind: remark.kind, pass: remark.pass, message: remark.message, place: remark.place,
        hint: remark.hint)
      if counts[key] == nil { order.append(key) }
      counts[key, default: 0] += 1
    }
    return order.map { key in
      let count = counts[key] ?? 1
      let kind =
        colored ? "\u{1b}[\(key.kind == "applied" ? 32 : 33)m\(key.kind)\u{1b}[0m" : key.kind
      return (key.place.isEmpty ? "" : key.place + ": ") + "\(kind): \(key.message)"
        + (count > 1 ? " (\(count) times)" : "") + " [\(key.pass)]"
        + (key.hint.isEmpty ? "" : "\n   help: \(key.hint)")
    }.joined(separator: "\n")
  }
}

extension Duration {
  fileprivate var microseconds: Double {
    Double(components.seconds) * 1e6 + Double(components.attoseconds) * 1e-12
  }
}
