/// Finds what a misspelled name may have meant.
enum Suggestion {
  /// More names than these aren't looked through.
  private static let mostCandidates = 2000

  /// The name among `known` that is nearest to `name`, where one is near.
  static func nearest(to name: String, among known: some Sequence<String>) -> String? {
    guard name.utf8.count <= 64 else { return nil }
    let limit = name.count < 3 ? 0 : max(1, name.count / 3)
    var best: (distance: Int, name: String)?
    for candidate in Set(known.prefix(mostCandidates)).sorted() where candidate != name {
      let distance =
        candidate.lowercased() == name.lowercased()
        ? 0 : distance(Array(name.utf8), Array(candidate.utf8), limit: limit)
      if distance <= limit, best.map({ distance < $0.distance }) ?? true {
        best = (distance, candidate)
      }
    }
    return best?.name
  }

  /// Insertions, removals, replacements and swaps of neighbours that lead from `a` to `b`; above
  /// `limit`, anything above it. Takes time proportional to the product of the lengths.
  static func distance(_ a: [UInt8], _ b: [UInt8], limit: Int = .max) -> Int {
    if abs(a.count - b.count) > limit { return limit + 1 }
    var before: [Int] = []
    var previous = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var cost = min(
          previous[j] + (a[i] == b[j] ? 0 : 1), previous[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
        row.append(cost)
      }
      (before, previous) = (previous, row)
    }
    return previous[b.count]
  }

  /// "did you mean 'x'?", or what there is where that is little, or nothing.
  static func help(for name: String, among known: some Collection<String>) -> String? {
    if let nearest = nearest(to: name, among: known) { return "did you mean '\(nearest)'?" }
    let all = Set(known).sorted()
    return all.isEmpty || all.count > 12 ? nil : "there is " + quotedList(all)
  }

  /// `'a', 'b' and 'c'`.
  static func quotedList(_ names: [String], _ conjunction: String = "and") -> String {
    let quoted = names.map { "'\($0)'" }
    guard quoted.count > 1, let last = quoted.last else { return quoted.first ?? "nothing" }
    return quoted.dropLast().joined(separator: ", ") + " \(conjunction) \(last)"
  }
}
