/// A regular expression as a tree.
indirect enum PatternNode: Sendable {
  /// How a repetition gives back what it took.
  enum Greed: Sendable { case greedy, lazy, possessive }

  /// One character of a set.
  case set(ScalarClass)
  case sequence([PatternNode])
  /// The first alternative that leads to a match.
  case choice([PatternNode])
  case repeated(PatternNode, from: Int, to: Int?, Greed)
  /// What follows must match, or must not, and is not taken.
  case ahead(PatternNode, isNegative: Bool)
  case start
  case end

  /// Whether it can match without taking a character.
  var canBeEmpty: Bool {
    switch self {
    case .set: false
    case .sequence(let nodes): nodes.allSatisfy(\.canBeEmpty)
    case .choice(let nodes): nodes.contains(where: \.canBeEmpty)
    case .repeated(let node, let from, _, _): from == 0 || node.canBeEmpty
    case .ahead, .start, .end: true
    }
  }

  /// The characters that a match can begin with; nil where it may begin without one.
  var first: ScalarClass? {
    switch self {
    case .set(let set): return set
    case .choice(let nodes):
      var union: ScalarClass?
      for node in nodes {
        guard let first = node.first else { return nil }
        union = union?.union(first) ?? first
      }
      return union
    case .sequence(let nodes):
      var union: ScalarClass?
      for node in nodes {
        switch node {
        case .ahead, .start, .end: continue
        case .repeated(let part, _, _, _) where node.canBeEmpty && !part.canBeEmpty:
          guard let first = part.first else { return nil }
          union = union?.union(first) ?? first
        default:
          guard let first = node.first else { return nil }
          return union?.union(first) ?? first
        }
      }
      return nil
    case .repeated(let node, let from, _, _): return from > 0 ? node.first : nil
    case .ahead, .start, .end: return nil
    }
  }
}
