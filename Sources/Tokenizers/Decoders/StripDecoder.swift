import Formats

/// Takes a character off the ends of each token, at most so many times.
struct StripDecoder: TokenDecoder {
  private let content: Unicode.Scalar
  private let start: Int
  private let stop: Int

  /// Reads `content` (one character), `start` and `stop`.
  init(_ field: JSONField) throws(JSONFieldError) {
    let contentField = try field.required("content", "a character")
    let text = try contentField.string().unicodeScalars
    guard let content = text.first, text.count == 1 else {
      throw contentField.error(expected: "one character")
    }
    self.content = content
    start = try field.required("start", "a count").integer(in: 0...Int(Int32.max))
    stop = try field.required("stop", "a count").integer(in: 0...Int(Int32.max))
  }

  var reach: DecodingReach { .neighbors }

  func decode(_ tokens: [String]) -> [String] {
    tokens.map { token in
      let scalars = token.unicodeScalars
      let leading = min(start, scalars.prefix { $0 == content }.count)
      let rest = scalars.dropFirst(leading)
      let trailing = min(stop, rest.reversed().prefix { $0 == content }.count)
      return String(rest.dropLast(trailing))
    }
  }
}
