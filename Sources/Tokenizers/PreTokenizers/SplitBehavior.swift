import Formats

/// What becomes of the text's parts that a split looked for.
enum SplitBehavior: String, Sendable, CaseIterable {
  /// They are dropped.
  case removed = "Removed"
  /// Each is a word of its own.
  case isolated = "Isolated"
  /// Each belongs to the word before it.
  case mergedWithPrevious = "MergedWithPrevious"
  /// Each belongs to the word after it.
  case mergedWithNext = "MergedWithNext"
  /// Those that follow each other are one word.
  case contiguous = "Contiguous"

  /// Reads `behavior`.
  init(_ field: JSONField) throws(JSONFieldError) {
    let names = Self.allCases.map(\.rawValue).joined(separator: ", ")
    let value = try field.required("behavior", "one of \(names)")
    guard let behavior = SplitBehavior(rawValue: try value.string()) else {
      throw value.error(expected: "one of \(names)")
    }
    self = behavior
  }

  /// The words that parts make.
  func words(of parts: [(range: Range<Int>, isMatch: Bool)]) -> [Range<Int>] {
    switch self {
    case .removed: parts.filter { !$0.isMatch }.map(\.range)
    case .isolated: parts.map(\.range)
    case .contiguous: joined(parts) { before, part in before.isMatch == part.isMatch }
    case .mergedWithPrevious: joined(parts) { before, part in part.isMatch && !before.isMatch }
    case .mergedWithNext: joined(parts) { before, part in before.isMatch && !part.isMatch }
    }
  }

  private func joined(
    _ parts: [(range: Range<Int>, isMatch: Bool)],
    where belongs: (
      (range: Range<Int>, isMatch: Bool), (range: Range<Int>, isMatch: Bool)
    ) -> Bool
  ) -> [Range<Int>] {
    var words: [Range<Int>] = []
    for (i, part) in parts.enumerated() {
      if i > 0, belongs(parts[i - 1], part), let last = words.last {
        words[words.count - 1] = last.lowerBound..<part.range.upperBound
      } else {
        words.append(part.range)
      }
    }
    return words
  }
}
