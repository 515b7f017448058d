import Formats

/// Turns `▁` back into spaces; the one before the first word goes.
struct MetaspaceDecoder: TokenDecoder {
  private let style: Metaspace

  /// Reads what ``Metaspace`` does.
  init(_ field: JSONField) throws(JSONFieldError) { style = try Metaspace(field) }

  var reach: DecodingReach { .neighbors }

  func decode(_ tokens: [String]) -> [String] {
    tokens.enumerated().map { i, token in
      let drops = i == 0 && style.prepending != .never
      var text = String.UnicodeScalarView()
      for scalar in token.unicodeScalars {
        if scalar != style.mark {
          text.append(scalar)
        } else if !drops {
          text.append(" ")
        }
      }
      return String(text)
    }
  }
}
