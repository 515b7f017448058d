/// A text with `*` for any characters and `?` for one.
struct Wildcard {
  private let parts: [Character]

  init(_ text: some StringProtocol) { parts = Array(text) }

  /// Whether it stands for itself alone.
  var isPlain: Bool { !parts.contains("*") && !parts.contains("?") }

  /// Whether it stands for all of `name`.
  func matches(_ name: some StringProtocol) -> Bool { matches(Array(name)[...]) }

  /// Whether it stands for all of `name`; linear in time but for the tries of each `*`.
  func matches(_ name: ArraySlice<Character>) -> Bool {
    var (at, next) = (name.startIndex, 0)
    var star: (pattern: Int, name: Int)?
    while at < name.endIndex {
      if next < parts.count, parts[next] == "*" {
        star = (next, at)
        next += 1
      } else if next < parts.count, parts[next] == "?" || parts[next] == name[at] {
        at += 1
        next += 1
      } else if let last = star {
        star = (last.pattern, last.name + 1)
        at = last.name + 1
        next = last.pattern + 1
      } else {
        return false
      }
    }
    return parts[next...].allSatisfy { $0 == "*" }
  }
}
