/// Two profiles side by side: what became slower, what faster, and what is only noise.
///
/// As JSON it has exactly the properties below; times are milliseconds.
public struct ProfileComparison: Codable, Hashable, Sendable, JSONReport {
  /// What is known of a change.
  public enum Verdict: String, Codable, Hashable, Sendable {
    case slower, faster
    /// The change is no larger than ``Change/noise``.
    case withinNoise
    /// Only the first profile has it, or only the second.
    case gone, new
  }

  /// One thing in both.
  public struct Change: Codable, Hashable, Sendable {
    /// A layer, an op, or the whole.
    public var name: String
    /// Levels that the name is set in, for trees.
    public var level: Int
    /// The median time before; nil where it wasn't there.
    public var before: Double?
    /// The median time after; nil where it isn't there any more.
    public var after: Double?
    /// The time after less the one before.
    public var change: Double
    /// The change over the time before, in percent; nil where there was none.
    public var percent: Double?
    /// What medians of two processes may differ by chance, 99 times of 100.
    public var noise: Double
    /// What is known of it.
    public var verdict: Verdict
  }

  /// What makes the two hard to compare: other models, dimensions, machines.
  public var differences: [String]
  /// The whole run.
  public var run: Change
  /// By op, the largest change first.
  public var ops: [Change]
  /// By layer, as a tree in the order of the plan.
  public var layers: [Change]
  /// By layer and op, the largest change first.
  public var rows: [Change]

  /// Compares `before` with `after`.
  public init(_ before: Profile, _ after: Profile) {
    differences = ProfileComparison.differences(before, after)
    run = Change(
      "run", Span(before.median, noise: before.noise, steps: 1),
      Span(after.median, noise: after.noise, steps: 1))
    let (old, new) = (Spans(before), Spans(after))
    ops = Spans.changes(old, new) { ["\($0.op)"] }.byChange
    rows =
      Spans.changes(old, new) { row in
        [[row.layer.isEmpty ? "(no layer)" : row.layer, row.op].joined(separator: " ")]
      }.byChange
    layers = ProfileComparison.tree(before, after)
  }

  /// Layers of both, joined over their indexes, with all that stands in them.
  private static func tree(_ before: Profile, _ after: Profile) -> [Change] {
    // One tree of both, so that a layer stands in one place: the second profile's steps are numbered
    // on.
    let offset = (before.steps.map(\.step).max() ?? 0).addingReportingOverflow(1).partialValue
    let later = after.steps.enumerated().map { i, row in
      var row = row
      row.step = offset &+ i
      return row
    }
    return ProfileTree(before.steps + later, ProfileView(by: .layer)).groups.map { group in
      let old = group.rows.filter { $0.step < offset }
      let new = group.rows.filter { $0.step >= offset }
      return Change(
        group.name, old.isEmpty ? nil : Span(old), new.isEmpty ? nil : Span(new),
        level: group.level)
    }
  }

  private static func differences(_ before: Profile, _ after: Profile) -> [String] {
    var found: [String] = []
    func compare(_ what: String, _ old: String, _ new: String) {
      if old != new { found.append("\(what): before \(old), after \(new)") }
    }
    func bindings(_ profile: Profile) -> String {
      profile.bindings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        .joined(separator: ",")
    }
    compare("model", before.model, after.model)
    compare("entry", before.entry, after.entry)
    compare("dimensions", bindings(before), bindings(after))
    compare("threads", "\(before.threads)", "\(after.threads)")
    let (old, new) = (before.meeting, after.meeting)
    if before.threads == after.threads, max(old, new) > 0.15, max(old, new) > 1.7 * min(old, new) {
      compare(
        "time between two steps", "\(Figures.short(old)) µs",
        "\(Figures.short(new)) µs: threads met at another speed, by another place on the machine or"
          + " another executor")
    }
    if let old = before.ceilings, let new = after.ceilings {
      compare("processor", old.processor, new.processor)
      compare("instruction set", old.instructionSet, new.instructionSet)
      let ratio = new.gigaflopsPerSecond / max(old.gigaflopsPerSecond, 1e-9)
      if !(0.9...1.1).contains(ratio) {
        compare(
          "measured ceiling", "\(Figures.short(old.gigaflopsPerSecond)) GFLOP/s",
          "\(Figures.short(new.gigaflopsPerSecond)) GFLOP/s")
      }
    }
    return found
  }
}

extension [ProfileComparison.Change] {
  fileprivate var byChange: Self {
    sorted { ($1.change.magnitude, $0.name) < ($0.change.magnitude, $1.name) }
  }
}

extension Profile {
  /// The mean time between two steps, in microseconds.
  fileprivate var meeting: Double { 1e3 * parts.barriers / Double(max(steps.count - 1, 1)) }
}
