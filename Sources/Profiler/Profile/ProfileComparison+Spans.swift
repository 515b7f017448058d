extension ProfileComparison {
  /// A time with what it may be off by.
  struct Span {
    var median: Double
    var noise: Double

    /// The median of `runs` values whose median distance from it is `deviation`.
    ///
    /// For values spread like a bell the median distance is 0.6745 σ, and a median of n values is
    /// itself spread with 1.2533 σ / √n; 99 of 100 lie within 2.576 of that: 4.787 deviations / √n.
    init(_ median: Double, _ deviation: Double, _ runs: Int) {
      self.median = median
      noise = runs > 1 ? 4.787 * deviation / Double(runs).squareRoot() : .infinity
    }

    /// The sum of `rows`. What disturbs a run disturbs many of its steps: their noise adds up.
    init(_ rows: [Profile.Row]) {
      let spans = rows.map { Span($0.median, $0.deviation, $0.calls) }
      median = spans.reduce(0) { $0 + $1.median }
      noise = spans.reduce(0) { $0 + $1.noise }
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
  /// The least time that a clock tells apart, in milliseconds.
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
    let both = (a * a + b * b).squareRoot()
    // Without a second run nothing is known of the noise: no change is large enough.
    let noise = both.isFinite ? max(both, Self.resolution) : change.magnitude
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
