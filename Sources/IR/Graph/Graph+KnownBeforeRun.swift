extension Graph {
  /// Whether `value` is known before a run: made of weights and constants alone.
  public func isKnownBeforeRun(_ value: ValueID) -> Bool {
    var open = [value]
    var seen: Set<ValueID> = []
    while let next = open.popLast() {
      guard seen.insert(next).inserted else { continue }
      switch self[next].definition {
      case .input, .state: return false
      case .parameter, .constant: break
      case .result(let node, _): open += self[node].operands
      }
    }
    return true
  }
}
