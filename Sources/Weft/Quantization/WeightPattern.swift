/// Which weights stay as they are: a layer's path, a weight's name, or either with `*` for any
/// characters and `?` for one.
struct WeightPattern {
  let text: String
  private let wildcard: Wildcard

  init(_ text: String) {
    self.text = text
    wildcard = Wildcard(text)
  }

  /// Whether the pattern names the weight `name`, or a layer that it belongs to.
  func matches(_ name: String) -> Bool {
    let characters = Array(name)
    return wildcard.matches(characters[...])
      || characters.indices.contains {
        characters[$0] == "." && wildcard.matches(characters[..<$0])
      }
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
