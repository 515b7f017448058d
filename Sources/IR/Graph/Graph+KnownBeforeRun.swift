extension Graph {
  /// Whether `value` is known before a run: made of weights and constants alone.
  public func isKnownBeforeRun(_ value: ValueID) -> Bool { knownBeforeRun[value.index] }

  /// For each value, whether it is made of weights and constants alone. In one walk: asked for a value
  /// at a time, a deep graph would be walked to its inputs for each.
  static func knownBeforeRun(_ values: [Value], _ nodes: [Node]) -> [Bool] {
    var known = values.map { value in
      switch value.definition {
      case .parameter, .constant: true
      case .input, .state, .result: false
      }
    }
    for node in nodes {
      let isKnown = node.operands.allSatisfy { known.indices.contains($0.index) && known[$0.index] }
      for result in node.results where isKnown && known.indices.contains(result.index) {
        known[result.index] = true
      }
    }
    return known
  }
}
