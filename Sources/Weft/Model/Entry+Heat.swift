import Foundation

extension Entry {
  /// What each node counts, of the graph as declared or of the one that is planned.
  ///
  /// - Parameter bindings: values for the symbols; weights can be counted without.
  public func heat(
    _ kind: HeatKind, ofPlan: Bool, bindings: Bindings
  ) throws -> Heat {
    switch kind {
    case .flops, .bytes:
      let unit = kind == .flops ? "FLOP" : "B"
      return Heat(
        name: kind.rawValue, unit: unit,
        values: try costs(ofPlan: ofPlan, bindings).mapValues {
          kind == .flops ? Double($0.flops) : Double($0.bytesRead) + Double($0.bytesWritten)
        })
    case .params:
      let graph = ofPlan ? try foreseenPlan(for: bindings).graph : graph
      return Heat(name: "parameters", unit: "", values: graph.parameterCounts)
    case .time, .error: throw DiagramFileError.needsTrace(kind)
    }
  }

  /// The times of a profile's steps, by node.
  ///
  /// Of the graph as declared each op has its share of the steps that compute it, by its FLOPs.
  public func heat(
    of profile: Profile, ofPlan: Bool, bindings: Bindings
  ) throws -> Heat {
    try heat(
      of: profile.steps.map { StepTime(op: $0.op, median: $0.median) }, ofPlan: ofPlan,
      bindings: bindings)
  }

  private func heat(of steps: [StepTime], ofPlan: Bool, bindings: Bindings) throws -> Heat {
    let planned = try foreseenPlan(for: bindings)
    guard steps.map(\.op) == planned.steps.map(\.op) else {
      throw DiagramFileError.otherPlan(found: steps.count, expected: planned.steps.count)
    }
    var values: [NodeID: Double] = [:]
    let lines = DeclaredLines(graph)
    let costs = ofPlan ? [:] : try costs(ofPlan: false, bindings)
    for (row, step) in zip(steps, planned.steps) {
      if ofPlan {
        if let node = step.node { values[node, default: 0] += row.median }
        continue
      }
      let parts = lines.nodes(of: step.origin).map { NodeID($0) }
      // What only moves elements counts as one operation, so that shares add up.
      let weights = parts.map { Double(max(costs[$0]?.flops ?? 0, 1)) }
      let whole = weights.reduce(0, +)
      for (part, weight) in zip(parts, weights) {
        values[part, default: 0] += row.median * weight / whole
      }
    }
    return Heat(name: "time", unit: "ms", values: values)
  }

  /// Numbers by layer path, such as errors, given to the nodes at or below each path that has none
  /// nearer.
  public func heat(
    named name: String, unit: String, byLayer numbers: [String: Double], ofPlan: Bool,
    bindings: Bindings
  ) throws -> Heat {
    let graph = ofPlan ? try foreseenPlan(for: bindings).graph : graph
    var values: [NodeID: Double] = [:]
    for node in graph.nodes {
      var path = node.origin.path
      while true {
        if let number = numbers[path.description] {
          values[node.id] = number
          break
        }
        if path.components.isEmpty { break }
        path.components.removeLast()
      }
    }
    return Heat(name: name, unit: unit, values: values, isSum: false)
  }

  private func costs(ofPlan: Bool, _ bindings: Bindings) throws -> [NodeID: Cost] {
    if ofPlan {
      let steps = try foreseenPlan(for: bindings).steps
      return Dictionary(
        steps.compactMap { step in step.node.map { ($0, step.cost) } },
        uniquingKeysWith: { first, _ in first })
    }
    let bound = try graph.binding(bindings)
    return Dictionary(
      uniqueKeysWithValues: bound.nodes.map { node in
        let cost = Cost(
          of: node.op, node.operands.map { bound.type(of: $0) },
          node.results.map { bound.type(of: $0) })
        return (node.id, cost)
      })
  }
}

extension Graph {
  /// Elements of the weights that each node takes, each counted at its first user.
  fileprivate var parameterCounts: [NodeID: Double] {
    var counts: [NodeID: Double] = [:]
    for (value, _) in parameters {
      guard let count = value.type.shape.values?.reduce(1.0, { $0 * Double($1) }) else { continue }
      // A weight that is only moved about belongs to who takes the moved one.
      var user = users[value.id.index].first
      while let node = user, self[node].isMovement,
        let next = self[node].results.lazy.compactMap({ users[$0.index].first }).first
      { user = next }
      if let user { counts[user, default: 0] += count }
    }
    return counts
  }
}

extension Node {
  /// Whether it only moves elements.
  var isMovement: Bool { op.signature.category == .movement }
}

/// Why a picture can't be coloured as asked.
public enum DiagramFileError: Error, CustomStringConvertible {
  /// What was measured must be given.
  case needsTrace(HeatKind)
  /// The profile is of other steps.
  case otherPlan(found: Int, expected: Int)
  /// The file isn't what it should be.
  case unreadable(file: String, reason: String)

  public var description: String {
    switch self {
    case .needsTrace(.error):
      "--heat error needs --trace FILE: what weft diff --run … --json prints"
    case .needsTrace: "--heat time needs --trace FILE: what weft profile … --json prints"
    case .otherPlan(let found, let expected):
      "the profile has \(found) steps that aren't those of this plan, which has \(expected); was it"
        + " made with the same graph, --set and --bind?"
    case .unreadable(let file, let reason): "\(file): \(reason)"
    }
  }
}

extension Entry {
  /// What colours a picture, read from `trace` where it was measured.
  ///
  /// - Parameter trace: the JSON of a profile for times; for errors an object of numbers by layer path.
  public func heat(
    _ kind: HeatKind, trace: URL?, ofPlan: Bool, bindings: Bindings
  ) throws -> Heat {
    guard kind == .time || kind == .error else {
      return try heat(kind, ofPlan: ofPlan, bindings: bindings)
    }
    guard let trace else { throw DiagramFileError.needsTrace(kind) }
    let data = try FileReading.data(trace, limit: 256 << 20)
    func decoded<T: Decodable>(_ type: T.Type, _ what: String) throws -> T {
      do {
        return try JSONDecoder().decode(type, from: data)
      } catch {
        throw DiagramFileError.unreadable(file: trace.lastPathComponent, reason: "expected \(what)")
      }
    }
    if kind == .time {
      let profile = try decoded(StepTimes.self, "what weft profile --json prints")
      return try heat(of: profile.steps, ofPlan: ofPlan, bindings: bindings)
    }
    if let numbers = try? JSONDecoder().decode([String: Double].self, from: data) {
      return try heat(
        named: "error", unit: "", byLayer: numbers, ofPlan: ofPlan, bindings: bindings)
    }
    let differences = try decoded(
      [LayerError].self,
      "what weft diff --run --json prints, or an object of numbers by layer path")
    let numbers = Dictionary(
      differences.map { ($0.path, $0.relative ?? $0.max) }, uniquingKeysWith: max)
    return try heat(
      named: "error", unit: "", byLayer: numbers, ofPlan: ofPlan, bindings: bindings)
  }
}

/// What `weft diff --run --json` says of one value.
private struct LayerError: Decodable {
  var path: String
  var max: Double
  var relative: Double?
}

/// What a picture needs of a profile's JSON: what else it says may change.
private struct StepTimes: Decodable {
  var steps: [StepTime]
}

/// One of its steps.
private struct StepTime: Decodable {
  var op: String
  var median: Double
}
