import Formats
import Foundation

/// Turns the suffix that ends each word into a space; the last word's goes.
struct SuffixDecoder: TokenDecoder {
  private let suffix: String

  /// Reads `suffix`.
  init(_ field: JSONField) throws(JSONFieldError) {
    let value = try field.member("suffix")
    suffix = try value?.string() ?? "</w>"
    if suffix.isEmpty { throw (value ?? field).error(expected: "a string that isn't empty") }
  }

  var reach: DecodingReach { .neighbors }

  func decode(_ tokens: [String]) -> [String] {
    tokens.enumerated().map { i, token in
      token.replacingOccurrences(
        of: suffix, with: i == tokens.count - 1 ? "" : " ", options: .literal)
    }
  }
}
