import IR

/// A number for each node, shown as the colour of its box.
public struct Heat: Sendable {
  /// What was measured or counted, such as `time`.
  public var name: String
  /// `ms`, `FLOP`, `B`, or nothing for a plain number.
  public var unit: String
  /// What each node has; nodes without a number have none.
  public var values: [NodeID: Double]
  /// Whether numbers of several nodes add up; those of which the largest counts, such as errors, don't.
  public var isSum: Bool

  /// Heat from its parts.
  public init(name: String, unit: String, values: [NodeID: Double], isSum: Bool = true) {
    self.name = name
    self.unit = unit
    self.values = values.filter { $0.value.isFinite && $0.value >= 0 }
    self.isSum = isSum
  }

  /// One number for several.
  func joined(_ values: some Sequence<Double>) -> Double {
    isSum ? values.reduce(0, +) : values.max() ?? 0
  }

  /// `value` as people read it.
  func text(_ value: Double) -> String { Numbers.amount(value, unit: unit) }
}

/// What a box of a picture has of a heat.
struct BoxHeat {
  /// All that its nodes have, in all equal layers.
  var total: Double
  /// What they have in each of the equal layers.
  var each: [Double]
}

extension Scene {
  /// Gives each box what its nodes have, in the layers that it stands for as well.
  mutating func add(_ heat: Heat) {
    var parts: [Int: [[Double]]] = [:]
    var copies: [Int: Int] = [:]
    for n in graph.nodes.indices {
      let drawn = outline.drawn(n)
      guard let box = owner[drawn] else { continue }
      let copy = copies[drawn, default: 0]
      copies[drawn] = copy + 1
      guard let value = heat.values[NodeID(n)] else { continue }
      var lists = parts[box] ?? []
      while lists.count <= copy { lists.append([]) }
      lists[copy].append(value)
      parts[box] = lists
    }
    for (box, lists) in parts {
      let each = lists.map { heat.joined($0) }
      boxes[box].heat = BoxHeat(total: heat.joined(each), each: each)
    }
    hottest = boxes.compactMap(\.heat?.total).max() ?? 0
    heatSum = heat.joined(boxes.compactMap(\.heat?.total))
  }
}
