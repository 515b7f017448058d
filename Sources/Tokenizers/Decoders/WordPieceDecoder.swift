import Formats
import Foundation

/// Joins words with spaces and continuing tokens without, and mends the spaces before punctuation.
struct WordPieceDecoder: TokenDecoder {
  private let prefix: String
  private let cleansUp: Bool

  /// What `cleanup` replaces inside each token, in this order.
  private static let replacements = [
    (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"),
    (" 'm", "'m"), (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
  ]

  /// Reads `prefix` and `cleanup`.
  init(_ field: JSONField) throws(JSONFieldError) {
    prefix = try field.member("prefix")?.string() ?? "##"
    cleansUp = try field.member("cleanup")?.bool() ?? true
  }

  var reach: DecodingReach { .neighbors }

  func decode(_ tokens: [String]) -> [String] {
    tokens.enumerated().map { i, token in
      var text = token
      if i > 0 {
        let continues = text.utf8.starts(with: prefix.utf8)
        text =
          continues
          ? String(text.unicodeScalars.dropFirst(prefix.unicodeScalars.count)) : " " + text
      }
      guard cleansUp else { return text }
      for (from, to) in WordPieceDecoder.replacements where text.utf8.count >= from.utf8.count {
        text = text.replacingOccurrences(of: from, with: to, options: .literal)
      }
      return text
    }
  }
}
