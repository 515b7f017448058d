import Formats
import Foundation

/// Replaces a fixed string in each token.
struct ReplaceDecoder: TokenDecoder {
  private let pattern: String
  private let content: String

  /// Reads `pattern` (`{"String": …}`) and `content`.
  init(_ field: JSONField) throws(JSONFieldError) {
    pattern = try fixedPattern(field)
    content = try field.required("content", "a string").string()
  }

  var reach: DecodingReach { .neighbors }

  func decode(_ tokens: [String]) -> [String] {
    tokens.map { $0.replacingOccurrences(of: pattern, with: content, options: .literal) }
  }
}

/// The fixed string of `pattern`, which may also be written as a regular expression.
func fixedPattern(_ field: JSONField) throws(JSONFieldError) -> String {
  let pattern = try field.required("pattern", "{\"String\": text}")
  guard let text = try pattern.member("String") else {
    throw pattern.error(
      expected: "{\"String\": text}", hint: "Weft has no regular expressions here")
  }
  let string = try text.string()
  guard !string.isEmpty else { throw text.error(expected: "a string that isn't empty") }
  return string
}
