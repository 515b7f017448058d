import Formats

/// Turns runs of byte tokens (`<0xE2>`) into text; a run that isn't UTF-8 becomes a U+FFFD a byte.
struct ByteFallbackDecoder: TokenDecoder {
  /// There is nothing to set.
  init(_ field: JSONField) throws(JSONFieldError) {}

  var reach: DecodingReach { .neighbors }

  func decode(_ tokens: [String]) -> [String] {
    var texts: [String] = []
    var bytes: [UInt8] = []
    func flush() {
      guard !bytes.isEmpty else { return }
      if let text = String(validating: bytes, as: UTF8.self) {
        texts.append(text)
      } else {
        texts += repeatElement("\u{FFFD}", count: bytes.count)
      }
      bytes = []
    }
    for token in tokens {
      if let byte = ByteFallbackDecoder.byte(token) {
        bytes.append(byte)
      } else {
        flush()
        texts.append(token)
      }
    }
    flush()
    return texts
  }

  private static func byte(_ token: String) -> UInt8? {
    let text = Array(token.utf8)
    guard text.count == 6, text.starts(with: Array("<0x".utf8)), text[5] == UInt8(ascii: ">")
    else { return nil }
    return UInt8(String(decoding: text[3..<5], as: UTF8.self), radix: 16)
  }
}
