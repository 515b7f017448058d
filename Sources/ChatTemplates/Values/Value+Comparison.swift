import Formats

/// Equality and order, as Python has them.
extension Value {
  /// Whether `a == b`.
  static func equal(_ a: Value, _ b: Value) -> Bool {
    switch (a, b) {
    case (.undefined, .undefined), (.none, .none): true
    case (.string(let a), .string(let b)): ExactString(a) == ExactString(b)
    case (.int(let a), .int(let b)): a == b
    case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
      a.count == b.count && zip(a, b).allSatisfy { equal($0, $1) }
    case (.mapping(let a), .mapping(let b)):
      a.count == b.count
        && zip(a.keys, a.values).allSatisfy { key, value in
          b[key].map { equal(value, $0) } ?? false
        }
    case (.namespace(let a), .namespace(let b)): a === b
    default:
      if let a = a.number, let b = b.number { a == b } else { false }
    }
  }

  /// Whether `a < b`; nil where there is no order.
  static func less(_ a: Value, _ b: Value) -> Bool? {
    switch (a, b) {
    case (.string(let a), .string(let b)): return precedes(a, b)
    case (.int(let a), .int(let b)): return a < b
    case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
      for (x, y) in zip(a, b) where !equal(x, y) { return less(x, y) }
      return a.count < b.count
    default:
      guard let a = a.number, let b = b.number else { return nil }
      return a < b
    }
  }

  /// The order of scalars, which is that of the bytes in UTF-8.
  static func precedes(_ a: String, _ b: String) -> Bool {
    a.utf8.lexicographicallyPrecedes(b.utf8)
  }

  /// Whether `element in self`; nil where that can't be asked.
  func contains(_ element: Value) -> Bool? {
    switch self {
    case .string(let text):
      guard case .string(let part) = element else { return nil }
      return text.scalars.firstRange(of: part.scalars) != nil
    case .mapping(let mapping):
      guard case .string(let key) = element else { return false }
      return mapping[key] != nil
    default: return elements?.contains { Value.equal($0, element) }
    }
  }
}

extension String {
  /// The scalars: what Python counts as characters.
  var scalars: [Unicode.Scalar] { Array(unicodeScalars) }

  init(scalars: some Swift.Sequence<Unicode.Scalar>) {
    self = String(String.UnicodeScalarView(scalars))
  }
}

extension Array where Element == Unicode.Scalar {
  /// Where `part` begins first, from `start` on.
  func firstRange(of part: [Unicode.Scalar], from start: Int = 0) -> Range<Int>? {
    guard part.count <= count else { return nil }
    var i = start
    while i + part.count <= count {
      var j = 0
      while j < part.count, self[i + j] == part[j] { j += 1 }
      if j == part.count { return i..<i + part.count }
      i += 1
    }
    return nil
  }

  /// Where `part` begins last, up to `end`.
  func lastRange(of part: [Unicode.Scalar], upTo end: Int) -> Range<Int>? {
    var i = end - part.count
    while i >= 0 {
      var j = 0
      while j < part.count, self[i + j] == part[j] { j += 1 }
      if j == part.count { return i..<i + part.count }
      i -= 1
    }
    return nil
  }
}
