/// How a planner chooses the order in which nodes run.
public enum NodeOrder: Sendable {
  /// The graph's order or a greedy one: in no time.
  case quick
  /// The best of many that a search finds, for a small peak of memory.
  case searched
}
