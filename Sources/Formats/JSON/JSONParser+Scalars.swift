/// Numbers and strings.
extension JSONParser {
  mutating func number() throws(JSONError) -> JSONValue {
    let start = position
    _ = take("-")
    if limits.allowsNonFinite, peek == UInt8(ascii: "I") {
      return try word("Infinity", .number(-.infinity))
    }
    let leadsWithZero = peek == UInt8(ascii: "0")
    let wholeDigits = digits()
    var isInteger = true
    var isValid = wholeDigits == 1 || (wholeDigits > 1 && !leadsWithZero)
    if take(".") {
      isInteger = false
      if digits() == 0 { isValid = false }
    }
    if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
      isInteger = false
      position += 1
      if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
      if digits() == 0 { isValid = false }
    }
    // A thousand digits are none that anyone means.
    guard isValid, position - start <= 1000 else { throw error(.invalidNumber, at: start) }
    let text = String(
      decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
    if isInteger, let value = Int(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else { throw error(.invalidNumber, at: start) }
    return .number(value)
  }

  private mutating func digits() -> Int {
    let start = position
    while let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
    return position - start
  }

  mutating func string() throws(JSONError) -> String {
    let start = position
    position += 1
    var text = ""
    while true {
      let from = position
      while position < bytes.count, bytes[position] != UInt8(ascii: "\""),
        bytes[position] != UInt8(ascii: "\\"), bytes[position] >= 0x20
      { position += 1 }
      let run = UnsafeBufferPointer(rebasing: bytes[from..<position])
      guard let part = String(validating: run, as: UTF8.self) else {
        throw error(.invalidUTF8, at: start)
      }
      if text.isEmpty { text = part } else { text += part }
      if take("\"") { return text }
      guard peek == UInt8(ascii: "\\") else { throw unexpected(expected: "'\"'") }
      text.unicodeScalars.append(try escape())
    }
  }

  private mutating func escape() throws(JSONError) -> Unicode.Scalar {
    let start = position
    position += 1
    guard let byte = peek else { throw unexpected(expected: "an escape") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      guard let unit = hexUnit() else { throw error(.invalidEscape, at: start) }
      if let scalar = Unicode.Scalar(unit) { return scalar }
      guard UTF16.isLeadSurrogate(unit), take("\\"), take("u"), let trail = hexUnit(),
        UTF16.isTrailSurrogate(trail)
      else { throw error(.invalidEscape, at: start) }
      return UTF16.decode(UTF16.EncodedScalar([unit, trail]))
    default: throw error(.invalidEscape, at: start)
    }
  }

  private mutating func hexUnit() -> UInt16? {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        return nil
      }
      unit = unit << 4 | UInt16(digit)
      position += 1
    }
    return unit
  }
}
