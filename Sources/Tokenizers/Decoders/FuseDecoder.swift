import Formats

/// Joins all tokens into one, so that the next decoder sees the whole text.
struct FuseDecoder: TokenDecoder {
  /// There is nothing to set.
  init(_ field: JSONField) throws(JSONFieldError) {}

  var reach: DecodingReach { .neighbors }

  func decode(_ tokens: [String]) -> [String] { [tokens.joined()] }
}
