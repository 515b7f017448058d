import Formats

/// Turns words of the byte alphabet back into bytes, and the bytes into text.
///
/// Bytes that aren't UTF-8 become U+FFFD. A token with other characters stands for itself.
struct ByteLevelDecoder: TokenDecoder {
  /// There is nothing to set.
  init(_ field: JSONField) throws(JSONFieldError) {}

  var reach: DecodingReach { .neighbors }

  func decode(_ tokens: [String]) -> [String] {
    var bytes: [UInt8] = []
    for token in tokens {
      let spelled = token.unicodeScalars.map { ByteAlphabet.bytes[$0] }
      if spelled.allSatisfy({ $0 != nil }) {
        bytes += spelled.compactMap(\.self)
      } else {
        bytes += token.utf8
      }
    }
    return [String(decoding: bytes, as: UTF8.self)]
  }
}
