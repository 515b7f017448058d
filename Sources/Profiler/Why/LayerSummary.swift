import IR

/// Many layer paths as few words: `encoder.layer[0…5].attention.self.{query, key, value}`.
enum LayerSummary {
  /// One shape of path, with the indices that it was seen with.
  private struct Shape: Hashable {
    var names: [String]
    var indexed: [Bool]

    init(_ path: LayerPath) {
      names = path.components.map(\.name)
      indexed = path.components.map { $0.index != nil }
    }
  }

  /// The patterns of `paths`, in order; the path of the model itself is left out.
  static func patterns(of paths: [LayerPath]) -> [String] {
    var order: [Shape] = []
    var indices: [Shape: [[Int]]] = [:]
    for path in paths where !path.components.isEmpty {
      let shape = Shape(path)
      if indices[shape] == nil { order.append(shape) }
      let own = path.components.compactMap(\.index)
      if indices[shape]?.last != own { indices[shape, default: []].append(own) }
    }
    return braced(order.flatMap { texts($0, indices[$0] ?? []) })
  }

  /// `shape` with ranges for its indices where they are all that the ranges say, else one by one.
  private static func texts(_ shape: Shape, _ indices: [[Int]]) -> [String] {
    let columns = (indices.first ?? []).indices.map { i in Set(indices.map { $0[i] }).sorted() }
    let product = columns.reduce(1) { $0 * $1.count }
    guard product == Set(indices).count else {
      let all = Set(indices).sorted { $0.lexicographicallyPrecedes($1) }
      return all.map { one in text(shape, one.map { [$0] }) }
    }
    return [text(shape, columns)]
  }

  private static func text(_ shape: Shape, _ columns: [[Int]]) -> String {
    var next = 0
    return zip(shape.names, shape.indexed).map { name, isIndexed in
      guard isIndexed else { return name }
      next += 1
      return name + "[" + range(columns[next - 1]) + "]"
    }.joined(separator: ".")
  }

  /// `0…5`, or `0, 2, 5`.
  static func range(_ numbers: [Int]) -> String {
    guard let first = numbers.first, let last = numbers.last, numbers.count > 1 else {
      return numbers.first.map(String.init) ?? ""
    }
    return last - first == numbers.count - 1
      ? "\(first)…\(last)" : numbers.map(String.init).joined(separator: ", ")
  }

  /// Patterns that differ in their last name alone as one, with braces.
  private static func braced(_ patterns: [String]) -> [String] {
    var order: [String] = []
    var names: [String: [String]] = [:]
    for pattern in patterns {
      let at = pattern.lastIndex(of: ".").map { pattern.index(after: $0) } ?? pattern.startIndex
      let stem = String(pattern[..<at])
      if names[stem] == nil { order.append(stem) }
      names[stem, default: []].append(String(pattern[at...]))
    }
    return order.map { stem in
      let own = names[stem] ?? []
      return own.count == 1 ? stem + own[0] : stem + "{" + own.joined(separator: ", ") + "}"
    }
  }
}
