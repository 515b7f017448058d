/// How Python's `json.dumps` writes values.
struct JSONText {
  /// Spaces of each level; nil for one line.
  var indent: String?
  var separators: (item: String, key: String)
  var sortsKeys = false
  var isASCII = false
  private(set) var text = ""

  init(indent: String?, separators: (item: String, key: String)? = nil) {
    self.indent = indent
    self.separators = separators ?? (indent == nil ? ", " : ",", ": ")
  }

  /// Adds a value; the kind of what JSON doesn't have is given back.
  mutating func append(_ value: Value, level: Int = 0) -> String? {
    switch value {
    case .none: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .int(let value): text += "\(value)"
    case .double(let value):
      text +=
        value.isNaN
        ? "NaN"
        : value.isInfinite
          ? (value < 0 ? "-Infinity" : "Infinity")
          : Value.text(of: value)
    case .string(let value): append(quoted: value)
    case .list(let elements), .tuple(let elements):
      return append(elements.map { (nil, $0) }, "[", "]", level)
    case .mapping(let mapping):
      var members = Array(zip(mapping.keys, mapping.values)).map { (key: Optional($0), value: $1) }
      if sortsKeys { members.sort { Value.precedes($0.key ?? "", $1.key ?? "") } }
      return append(members, "{", "}", level)
    default: return value.kind
    }
    return nil
  }

  private mutating func append(
    _ members: [(key: String?, value: Value)], _ open: String, _ close: String, _ level: Int
  ) -> String? {
    text += open
    for (i, member) in members.enumerated() {
      if i > 0 { text += separators.item }
      breakLine(level + 1)
      if let key = member.key {
        append(quoted: key)
        text += separators.key
      }
      if let wrong = append(member.value, level: level + 1) { return wrong }
    }
    if !members.isEmpty { breakLine(level) }
    text += close
    return nil
  }

  private mutating func breakLine(_ level: Int) {
    guard let indent else { return }
    text += "\n" + String(repeating: indent, count: level)
  }

  private mutating func append(quoted value: String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{8}": text += "\\b"
      case "\u{c}": text += "\\f"
      case "\0"..<" ": append(unit: UInt16(scalar.value))
      default:
        if isASCII, !scalar.isASCII {
          for unit in String(scalar).utf16 { append(unit: unit) }
        } else {
          text.unicodeScalars.append(scalar)
        }
      }
    }
    text += "\""
  }

  private mutating func append(unit: UInt16) {
    let digits = String(unit, radix: 16)
    text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}
