/// What `--tap` asks for: `PATH`, `PATH:name` or `PATH:name[heads]`.
///
/// In a path, `*` stands for any characters of one level and `**` for any levels; in a name, `*` stands
/// for any characters. A name that a layer doesn't have itself is looked for in the layers below,
/// nearest first.
struct TapPattern {
  let text: String
  /// The levels of the path.
  private let levels: [String]
  private let name: String?
  /// The text, where it may be a name of the model itself.
  private let bareName: String?
  /// The heads that are picked; empty: all.
  let heads: [Int]

  init(_ text: String) throws(TapError) {
    self.text = text
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    // `encoder.layer[0]` is how graph files write it.
    let path = parts[0].replacing("[", with: ".").replacing("]", with: "")
    levels = path.isEmpty ? [] : path.split(separator: ".").map(String.init)
    guard parts.count == 2 else {
      guard !levels.isEmpty else { throw .syntax(text, expected: "PATH, PATH:name or a name") }
      (name, bareName, heads) = (nil, text, [])
      return
    }
    let picked = parts[1].split(separator: "[", maxSplits: 1, omittingEmptySubsequences: false)
    guard !picked[0].isEmpty else { throw .syntax(text, expected: "a name after the colon") }
    (name, bareName) = (String(picked[0]), nil)
    heads = try picked.count == 2 ? TapPattern.heads(picked[1], of: text) : []
  }

  /// `0,3]` as numbers.
  private static func heads(_ list: Substring, of text: String) throws(TapError) -> [Int] {
    let numbers = list.dropLast().split(separator: ",", omittingEmptySubsequences: false)
      .map { Int($0.filter { $0 != " " }) }
    let heads = numbers.compactMap(\.self)
    guard list.last == "]", heads.count == numbers.count, Set(heads).count == heads.count,
      heads.allSatisfy({ $0 >= 0 })
    else { throw .syntax(text, expected: "heads such as [0,3], none twice") }
    return heads
  }

  /// The points that it names, in order.
  ///
  /// - Throws: ``TapError`` where there is none.
  func select(from points: TapPoints, weights: [String]) throws(TapError) -> [TapPoint] {
    let found = found(in: points.all)
    if found.isEmpty { throw failure(points, weights) }
    guard !heads.isEmpty else { return found }
    for point in found {
      guard let count = point.heads else { throw .withoutHeads(point.address) }
      if let head = heads.first(where: { $0 >= count }) {
        throw .head(head, of: point.address, heads: count)
      }
    }
    return found
  }

  private func found(in points: [TapPoint]) -> [TapPoint] {
    guard let name else {
      let layers = points.filter { $0.name == nil && matches($0.path[...]) }
      guard layers.isEmpty, let bareName else { return layers }
      return named(Wildcard(bareName), points) { $0.path.isEmpty }
    }
    let wildcard = Wildcard(name)
    let own = named(wildcard, points) { matches($0.path[...]) }
    return own.isEmpty ? below(wildcard, points) : own
  }

  /// The points of that name: the whole one, or else the part after the layers that stand in it.
  private func named(
    _ name: Wildcard, _ points: [TapPoint], where condition: (TapPoint) -> Bool
  ) -> [TapPoint] {
    let candidates = points.filter { point in
      // `*` asks for what has a name: every op has one, too.
      point.name != nil && (name.isPlain || point.kind != .op) && condition(point)
    }
    let whole = candidates.filter { name.matches($0.name ?? "") }
    guard whole.isEmpty, name.isPlain else { return whole }
    return candidates.filter { point in
      point.kind == .inside && name.matches(point.name?.split(separator: ".").last ?? "")
    }
  }

  /// For each layer that the path names, the points of that name which are nearest below it.
  private func below(_ name: Wildcard, _ points: [TapPoint]) -> [TapPoint] {
    var nearest: [Substring: Int] = [:]
    var found: [(point: TapPoint, layer: Substring, depth: Int)] = []
    for point in named(name, points, where: { _ in true }) {
      guard let (layer, depth) = ancestor(of: point.path) else { continue }
      nearest[layer] = min(nearest[layer] ?? .max, depth)
      found.append((point, layer, depth))
    }
    return found.filter { $0.depth == nearest[$0.layer] }.map(\.point)
  }

  /// The deepest layer above `path` that the pattern names, and how far above.
  private func ancestor(of path: String) -> (Substring, depth: Int)? {
    var depth = 0
    var layer = path[...]
    while let dot = layer.lastIndex(of: ".") {
      layer = layer[..<dot]
      depth += 1
      if matches(layer) { return (layer, depth) }
    }
    return nil
  }

  /// Whether the pattern's levels stand for `path`.
  private func matches(_ path: Substring) -> Bool {
    let names = path.split(separator: ".")
    // Whether the levels so far stand for the first i names.
    var reached = [Bool](repeating: false, count: names.count + 1)
    reached[0] = true
    for level in levels {
      var next = [Bool](repeating: false, count: names.count + 1)
      if level == "**" {
        var open = false
        for i in reached.indices {
          open = open || reached[i]
          next[i] = open
        }
      } else {
        let wildcard = Wildcard(level)
        for (i, name) in names.enumerated() where reached[i] && wildcard.matches(name) {
          next[i + 1] = true
        }
      }
      reached = next
    }
    return reached[names.count]
  }

  private func failure(_ points: TapPoints, _ weights: [String]) -> TapError {
    let path = levels.joined(separator: ".")
    let plain = TapPoint.address(path, name)
    let dotted = plain.replacing(":", with: ".")
    if weights.contains(dotted) { return .weight(dotted) }
    let names = points.all.filter { $0.path == path && $0.kind != .op }.compactMap(\.name)
    if name != nil, !names.isEmpty || points.all.contains(where: { $0.path == path }) {
      let all = names.isEmpty ? points.all.filter { $0.path == path }.compactMap(\.name) : names
      if !all.isEmpty { return .unknownName(text, layer: path, names: all) }
    }
    var candidates = points.all.map(\.address)
    var nearest: [String] = []
    while nearest.count < 3, let next = nearestName(to: plain, among: candidates) {
      nearest.append(next)
      candidates.removeAll { $0 == next }
    }
    return .unknown(text, nearest: nearest)
  }
}
