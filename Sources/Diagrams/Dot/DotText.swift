/// Text from outside inside DOT.
enum DotText {
  /// Replaces what XML can't hold: control characters and the two that aren't characters.
  private static func clean(_ text: String) -> String.UnicodeScalarView {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0..<0x20, 0x7f..<0xa0, 0xfffe, 0xffff: result.append("\u{fffd}")
      default: result.append(scalar)
      }
    }
    return result
  }

  /// `text`, at most `limit` characters, for an HTML-like label.
  static func html(_ text: String, limit: Int = 64) -> String {
    var result = ""
    for scalar in clean(shortened(text, limit)) {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "[": result += "&#91;"
      case "]": result += "&#93;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result.isEmpty ? "&#160;" : result
  }

  /// `text` as a quoted string that stands for itself: no escape and no entity in it is read.
  static func quoted(_ text: String, limit: Int = 200) -> String {
    var result = "\""
    for scalar in clean(shortened(text, limit)) {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "&": result += "&amp;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// Several lines as a quoted string.
  static func quoted(lines text: String) -> String {
    let lines = text.split(separator: "\n").map { quoted(String($0)).dropFirst().dropLast() }
    return "\"" + lines.joined(separator: "\\n") + "\""
  }

  /// `text` as a word that may stand in an `id` or `class` of SVG: what can't is an underscore.
  static func word(_ text: String) -> String {
    String(
      clean(shortened(text, 200)).map { scalar -> Character in
        let isPlain = scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        return isPlain || scalar == "." || scalar == "-" || scalar == "_"
          ? Character(scalar) : "_"
      })
  }

  /// `text` with its middle left out where it is longer than `limit`.
  static func shortened(_ text: String, _ limit: Int) -> String {
    guard text.count > limit else { return text }
    let half = (limit - 1) / 2
    return text.prefix(limit - 1 - half) + "…" + text.suffix(half)
  }
}
