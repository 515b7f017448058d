import Formats

/// What `pattern` of a tokenizer's part looks for: a fixed string, or a regular expression.
enum SearchPattern: Sendable {
  case fixed([Unicode.Scalar])
  case expression(Pattern)

  /// Reads `{"String": text}` or `{"Regex": expression}`.
  init(_ field: JSONField) throws(JSONFieldError) {
    let expected = "{\"String\": text} or {\"Regex\": expression}"
    let pattern = try field.required("pattern", expected)
    if let text = try pattern.member("String") {
      let string = try text.string()
      guard !string.isEmpty else { throw text.error(expected: "a string that isn't empty") }
      self = .fixed(Array(string.unicodeScalars))
      return
    }
    guard let expression = try pattern.member("Regex") else {
      throw pattern.error(expected: expected)
    }
    let text = try expression.string()
    do {
      self = .expression(try Pattern(text))
    } catch {
      throw expression.error(
        expected: "a regular expression that Weft reads",
        hint: "at character \(error.position): \(error.message)")
    }
  }

  /// The next occurrence at or after `start`, never empty.
  func firstMatch(in text: ArraySlice<Unicode.Scalar>, from start: Int) -> Range<Int>? {
    switch self {
    case .expression(let pattern): return pattern.firstMatch(in: text, from: start)
    case .fixed(let wanted):
      guard let head = wanted.first else { return nil }
      var i = start
      while let found = text[i...].firstIndex(of: head) {
        if text[found...].starts(with: wanted) { return found..<found + wanted.count }
        i = found + 1
      }
      return nil
    }
  }
}

extension AlignedText {
  /// The text cut where `pattern` begins and ends: each part with whether it is an occurrence.
  func parts(of pattern: SearchPattern) -> [(range: Range<Int>, isMatch: Bool)] {
    var parts: [(range: Range<Int>, isMatch: Bool)] = []
    var from = indices.lowerBound
    while from < indices.upperBound,
      let match = pattern.firstMatch(in: scalars, from: from)
    {
      if from < match.lowerBound { parts.append((from..<match.lowerBound, false)) }
      parts.append((match, true))
      from = match.upperBound
    }
    if from < indices.upperBound { parts.append((from..<indices.upperBound, false)) }
    return parts
  }
}
