/// Which weights stay as they are: a layer's path, a weight's name, or either with `*` for any
/// characters and `?` for one.
struct WeightPattern {
  let text: String
  private let parts: [Character]

  init(_ text: String) {
    self.text = text
    parts = Array(text)
  }

  /// Whether the pattern names the weight `name`, or a layer that it belongs to.
  func matches(_ name: String) -> Bool {
    let characters = Array(name)
    return matches(characters[...])
      || characters.indices.contains { characters[$0] == "." && matches(characters[..<$0]) }
  }

  /// Whether the pattern stands for all of `name`; linear in time but for the tries of each `*`.
  private func matches(_ name: ArraySlice<Character>) -> Bool {
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

  /// The weights of `names` that any of `patterns` names.
  ///
  /// - Throws: ``QuantizationError/unknownPattern(_:nearest:)`` for a pattern that names none.
  static func select(
    _ patterns: [String], from names: [String]
  ) throws(QuantizationError) -> Set<String> {
    var selected: Set<String> = []
    for text in patterns {
      let pattern = WeightPattern(text)
      let matching = names.filter(pattern.matches)
      guard !matching.isEmpty else {
        throw .unknownPattern(text, nearest: nearest(to: text, names))
      }
      selected.formUnion(matching)
    }
    return selected
  }

  /// The layers and weights most like `text`.
  private static func nearest(to text: String, _ names: [String]) -> [String] {
    var paths: Set<String> = Set(names)
    for name in names {
      var levels = name.split(separator: ".")
      while levels.count > 1 {
        levels.removeLast()
        paths.insert(levels.joined(separator: "."))
      }
    }
    let plain = text.filter { $0 != "*" && $0 != "?" }.trimmingSuffix(".")
    var nearest: [String] = []
    while nearest.count < 3, let name = nearestName(to: plain, among: paths.sorted()) {
      nearest.append(name)
      paths.remove(name)
    }
    return nearest
  }
}

extension String {
  fileprivate func trimmingSuffix(_ character: Character) -> String {
    var text = self
    while text.last == character { text.removeLast() }
    return text
  }
}
