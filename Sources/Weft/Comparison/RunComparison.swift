/// Two models on the same inputs, value by value: where accuracy goes.
///
/// ```swift
/// let comparison = try RunComparison(of: exact.entry(), with: rounded.entry(), on: inputs)
/// print(comparison.text)
/// ```
public struct RunComparison: JSONReport, Sendable {
  /// A value of both models.
  public struct Row: Encodable, Sendable, Hashable {
    /// The layer; empty for the model itself.
    public var path: String
    /// The name in the layer; nil for the layer's result.
    public var name: String?
    /// The line in the first model's source: `attention.weft:13`.
    public var line: String?
    /// The largest |a − b|.
    public var max: Double
    /// The mean |a − b|.
    public var mean: Double
    /// √(Σ (a − b)² / Σ a²).
    public var relative: Double
    /// The cosine of the angle between both.
    public var cosine: Double

    /// How a tap asks for the value.
    public var address: String { TapPoint.address(path, name) }
  }

  /// The values that both have, in the order of the first model.
  public let rows: [Row]
  /// Values of the first model that the second doesn't have, or has with other extents.
  public let unmatched: [String]
  /// Relative errors above this are worth a word.
  public let tolerance: Double

  /// Runs both on `inputs`, as often as it takes for few values to be in memory at once.
  ///
  /// - Parameters:
  ///   - progress: is told how many values are compared, and of how many.
  ///   - byteLimit: bytes of one model's values that are held at once, about.
  public init(
    of first: Entry, with second: Entry, on inputs: [String: Tensor],
    bindings: Bindings = Bindings(), tolerance: Double = 1e-3, byteLimit: Int = 1 << 28,
    cancellation: Cancellation? = nil,
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws {
    let sides = (
      try ComparedEntry(first, inputs, bindings), try ComparedEntry(second, inputs, bindings)
    )
    let candidates = sides.0.candidates
    let pairs = try candidates.compactMap { a -> (TapPoint, TapPoint)? in
      guard let b = sides.1.point(at: a.address), try sides.0.type(a) == sides.1.type(b) else {
        return nil
      }
      return (a, b)
    }
    let matched = Set(pairs.map(\.0.address))
    unmatched = candidates.map(\.address).filter { !matched.contains($0) }
    self.tolerance = tolerance
    var rows: [Row] = []
    var rest = pairs[...]
    while let part = try Self.part(of: rest, sides.0, byteLimit) {
      rest = rest.dropFirst(part.count)
      let a = try sides.0.values(of: part.map(\.0), inputs, cancellation)
      let b = try sides.1.values(of: part.map(\.1), inputs, cancellation)
      for (point, _) in part {
        guard let x = a[point.address], let y = b[point.address] else { continue }
        rows.append(Row(point, ValueDifference(x, y)))
        progress(rows.count, pairs.count)
      }
    }
    self.rows = rows
  }

  /// As many as fit, at least one; nil where none are left.
  private static func part(
    of pairs: ArraySlice<(TapPoint, TapPoint)>, _ side: ComparedEntry, _ byteLimit: Int
  ) throws -> ArraySlice<(TapPoint, TapPoint)>? {
    var bytes = 0
    var count = 0
    for (point, _) in pairs {
      let more = Cost.byteCount([try side.type(point)])
      if count > 0, more > byteLimit - bytes { break }
      bytes += more
      count += 1
    }
    return count == 0 ? nil : pairs.prefix(count)
  }

  /// The first value whose relative error is above ``tolerance``, in the order of the model.
  public var first: Row? { rows.first { !($0.relative <= tolerance) } }

  /// The value with the largest relative error; NaN is worse than any number.
  public var worst: Row? {
    rows.max { a, b in
      b.relative.isNaN ? !a.relative.isNaN : a.relative < b.relative
    }
  }

  /// An array with an object for each value, in the order of the model: `path`, `name` (missing for a
  /// layer's result), `line`, `max`, `mean`, `relative`, `cosine`.
  public func encode(to encoder: any Encoder) throws { try rows.encode(to: encoder) }
}

/// One of the two models.
private struct ComparedEntry {
  let entry: Entry
  let surviving: SurvivingValues
  let points: TapPoints
  private let bindings: Bindings
  private let byAddress: [String: TapPoint]

  init(_ entry: Entry, _ inputs: [String: Tensor], _ given: Bindings) throws {
    self.entry = entry
    surviving = try SurvivingValues(entry.graph, entry.shared.passes)
    points = TapPoints(of: surviving)
    (bindings, _) = try InputBinding.bind(inputs, to: entry.graph, given)
    byAddress = Dictionary(
      points.all.map { ($0.address, $0) }, uniquingKeysWith: { first, _ in first })
  }

  func point(at address: String) -> TapPoint? { byAddress[address] }

  /// The type for these inputs.
  func type(_ point: TapPoint) throws -> TensorType { try point.type.substituting(bindings) }

  /// What is compared: what layers compute and what has a name, each value once.
  var candidates: [TapPoint] {
    let graph = entry.graph
    return points.listed.filter { point in
      guard case .value(let value) = point.target, point.kind != .op,
        point.type.dtype.isFloatingPoint, graph.producer(of: value) != nil
      else { return false }
      return (point.kind == .layer || !point.isMovement) && !graph.isKnownBeforeRun(value)
    }
  }

  func values(
    of points: [TapPoint], _ inputs: [String: Tensor], _ cancellation: Cancellation?
  ) throws -> [String: Tensor] {
    let taps = try Taps(points.map { Tap(point: $0, heads: []) }, of: entry, surviving)
    return try taps.run(inputs, bindings: bindings, cancellation: cancellation)
  }
}

extension RunComparison.Row {
  fileprivate init(_ point: TapPoint, _ difference: ValueDifference) {
    self.init(
      path: point.path, name: point.name, line: point.line, max: difference.largest,
      mean: difference.mean, relative: difference.relative, cosine: difference.cosine)
  }
}
