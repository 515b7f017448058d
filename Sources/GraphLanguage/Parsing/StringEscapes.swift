/// How strings are written: `\"`, `\\`, `\n`, `\t`, `\u{1F600}`.
enum StringEscapes {
  /// An escape that there isn't.
  struct Malformed: Error {
    var sequence: String
  }

  /// The text that stands between quotes.
  static func decode(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> String {
    guard bytes.contains(UInt8(ascii: "\\")) else { return String(decoding: bytes, as: UTF8.self) }
    var result = ""
    var rest = String(decoding: bytes, as: UTF8.self)[...]
    while let character = rest.popFirst() {
      guard character == "\\" else {
        result.append(character)
        continue
      }
      switch rest.popFirst() {
      case "\"": result.append("\"")
      case "\\": result.append("\\")
      case "n": result.append("\n")
      case "t": result.append("\t")
      case "u":
        let digits = rest.dropFirst().prefix { $0 != "}" }
        guard rest.first == "{", digits.count <= 6, let code = UInt32(digits, radix: 16),
          let scalar = Unicode.Scalar(code), rest.dropFirst(1 + digits.count).first == "}"
        else { throw Malformed(sequence: "\\u") }
        result.unicodeScalars.append(scalar)
        rest = rest.dropFirst(2 + digits.count)
      case let other: throw Malformed(sequence: "\\" + (other.map(String.init) ?? ""))
      }
    }
    return result
  }

  /// `text` in quotes.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value):
        result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
