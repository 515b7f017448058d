extension ProfileComparison {
  /// A time with what it may be off by.
  struct Span {
    var median: Double
    /// Infinite where it isn't known.
    var noise: Double
    /// How many steps it is made of.
    var steps: Int

    init(_ median: Double, noise: Double?, steps: Int) {
      self.median = median
      self.noise = noise ?? .infinity
      self.steps = steps
    }

    /// The sum of `rows`. What disturbs a run disturbs many of its steps: their noise adds up.
    init(_ rows: [Profile.Row]) {
      median = rows.reduce(0) { $0 + $1.median }
      noise = rows.reduce(0) { $0 + ($1.noise ?? .infinity) }
      steps = rows.count
    }
  }

  /// The rows of a profile.
  struct Spans {
    let rows: [Profile.Row]

    init(_ profile: Profile) { rows = profile.steps }

    /// The changes of the sums of rows of one name.
    static func changes(
      _ old: Spans, _ new: Spans, by name: (Profile.Row) -> [String]
    ) -> [Change] {
      let key = { (row: Profile.Row) in name(row).joined(separator: " ") }
      let (before, after) = (
        Dictionary(grouping: old.rows, by: key), Dictionary(grouping: new.rows, by: key)
      )
      var seen: Set<String> = []
      return (old.rows + new.rows).map(key).filter { seen.insert($0).inserted }.map { name in
        Change(name, before[name].map { Span($0) }, after[name].map { Span($0) })
      }
    }
  }
}

extension ProfileComparison.Change {
  /// What two processes of one program differ by, as a share of the time. Twelve processes with MiniLM
  /// at 1 × 16 on two threads of a Zen 5: whole runs by ± 1.4 %, kinds of steps by ± 2.
  private static let betweenProcesses = 0.03
  /// The least time of a step that a clock tells apart, in milliseconds.
  private static let resolution = 0.0001

  init(
    _ name: String, _ before: ProfileComparison.Span?, _ after: ProfileComparison.Span?,
    level: Int = 0
  ) {
    self.name = name
    self.level = level
    self.before = before?.median
    self.after = after?.median
    let change = (after?.median ?? 0) - (before?.median ?? 0)
    let (a, b) = (before?.noise ?? 0, after?.noise ?? 0)
    let time = max(before?.median ?? 0, after?.median ?? 0)
    let steps = max(before?.steps ?? 0, after?.steps ?? 0)
    let least = Self.betweenProcesses * time + Self.resolution * Double(steps)
    let both = (a * a + b * b + least * least).squareRoot()
    // Without a second run nothing is known of the noise: no change is large enough.
    let noise = both.isFinite ? both : change.magnitude
    self.change = change
    self.noise = noise
    percent = before.flatMap { $0.median > 0 && after != nil ? 100 * change / $0.median : nil }
    verdict =
      if after == nil {
        .gone
      } else if before == nil {
        .new
      } else if change.magnitude <= noise {
        .withinNoise
      } else {
        change > 0 ? .slower : .faster
      }
  }
}
