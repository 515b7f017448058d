/// A layer as people write it: `encoder.layer.3.attention`, `encoder.layer[3]`, or with `[*]` for
/// every index.
struct LayerPattern: Hashable, Sendable {
  /// The names and indexes, outermost first; a star stands for any index.
  let parts: [String]

  /// `all` is the whole model.
  init(_ text: String) {
    parts =
      text == "all"
      ? []
      : text.replacing("[", with: ".").replacing("]", with: "").split(separator: ".")
        .map(String.init)
  }

  /// Whether the layer of `path` is this one or stands in it.
  func holds(_ path: [String]) -> Bool { path.count >= parts.count && agrees(path) }

  /// Whether the layer of `path` holds this one, is it or stands in it.
  func agrees(_ path: [String]) -> Bool {
    zip(parts, path).allSatisfy { $0 == $1 || $0 == "*" && $1.allSatisfy(\.isNumber) }
  }
}
