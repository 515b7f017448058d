/// Text from outside on its way into a page.
enum Markup {
  /// `text` as the content of an element or an attribute's value.
  static func escaped(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for character in text.unicodeScalars {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }

  /// JSON as the content of a `script` element. No `<` is left in it, so that neither `</script>` nor
  /// `<!--` in a name can end it, and no separator of lines that JavaScript knows and JSON doesn't.
  /// All of these can only stand inside strings, where JSON has an escape for each.
  static func inScript(_ json: String) -> String {
    var result: [UInt8] = []
    result.reserveCapacity(json.utf8.count + json.utf8.count / 16)
    for character in json.unicodeScalars {
      switch character {
      case "<", ">", "&", "\u{2028}", "\u{2029}":
        let digits = String(character.value, radix: 16)
        result += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
      default: result += UTF8.encode(character).map { Array($0) } ?? []
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
