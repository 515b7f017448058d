/// Slices of one track, each inside the one that was open when it began; times in nanoseconds.
struct NestedSlices {
  struct Slice {
    var name: String
    var start: Int
    var end: Int
    var category = "layer"
    var arguments: [(String, TimelineEvents.Value)] = []
  }

  /// Those that begin first, first; of those that begin together the outer one.
  private(set) var slices: [Slice] = []
  /// Positions of the open ones, outermost first.
  private var stack: [Int] = []
  /// The levels that are open inside the outermost slice.
  private var path: [String] = []

  /// Begins a slice that stays open.
  mutating func open(_ name: String, at time: Int) {
    stack.append(slices.count)
    slices.append(Slice(name: name, start: time, end: time))
  }

  /// A whole slice.
  mutating func add(
    _ name: String, _ start: Int, _ end: Int, _ arguments: [(String, TimelineEvents.Value)] = [],
    category: String = "run"
  ) {
    slices.append(
      Slice(name: name, start: start, end: end, category: category, arguments: arguments))
    // Whoever is open holds it.
    for i in stack { slices[i].end = max(slices[i].end, end) }
  }

  /// Closes what isn't in `levels` where its last slice ended, and opens what is missing.
  mutating func move(to levels: [String], at time: Int) {
    let shared = zip(path, levels).prefix { $0 == $1 }.count
    while path.count > shared {
      path.removeLast()
      stack.removeLast()
    }
    for level in levels.dropFirst(shared) {
      path.append(level)
      open(level, at: time)
    }
  }

  /// Closes all.
  mutating func closeAll(at time: Int) {
    for i in stack { slices[i].end = max(slices[i].end, time) }
    stack = []
    path = []
  }
}
