/// How Python's `json.dumps` writes values.
struct JSONText {
  /// Spaces of each level; nil for one line.
  var indent: String?
  var separators: (item: String, key: String)
  var sortsKeys = false
  var isASCII = false
  private var output: BoundedText

  var text: String { output.text }

  /// A text of at most `limit` bytes.
  init(indent: String?, separators: (item: String, key: String)? = nil, limit: Int) {
    self.indent = indent
    output = BoundedText(limit: limit)
    self.separators = separators ?? (indent == nil ? ", " : ",", ": ")
  }

  /// Adds a value.
  mutating func append(_ value: Value, level: Int = 0) throws(BoundedText.Fault) {
    switch value {
    case .none: try output.append("null")
    case .bool(let value): try output.append(value ? "true" : "false")
    case .int(let value): try output.append("\(value)")
    case .double(let value):
      try output.append(
        value.isNaN
          ? "NaN"
          : value.isInfinite
            ? (value < 0 ? "-Infinity" : "Infinity")
            : Value.text(of: value))
    case .string(let value): try append(quoted: value)
    case .list(let elements), .tuple(let elements):
      try append(elements.map { (nil, $0) }, "[", "]", level)
    case .mapping(let mapping):
      var members = Array(zip(mapping.keys, mapping.values)).map { (key: Optional($0), value: $1) }
      if sortsKeys { members.sort { Value.precedes($0.key ?? "", $1.key ?? "") } }
      try append(members, "{", "}", level)
    default: throw .kind(value.kind)
    }
  }

  private mutating func append(
    _ members: [(key: String?, value: Value)], _ open: String, _ close: String, _ level: Int
  ) throws(BoundedText.Fault) {
    try output.append(open)
    for (i, member) in members.enumerated() {
      if i > 0 { try output.append(separators.item) }
      try breakLine(level + 1)
      if let key = member.key {
        try append(quoted: key)
        try output.append(separators.key)
      }
      try append(member.value, level: level + 1)
    }
    if !members.isEmpty { try breakLine(level) }
    try output.append(close)
  }

  private mutating func breakLine(_ level: Int) throws(BoundedText.Fault) {
    guard let indent else { return }
    try output.append("\n")
    for _ in 0..<level { try output.append(indent) }
  }

  private mutating func append(quoted value: String) throws(BoundedText.Fault) {
    try output.append("\"")
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": try output.append("\\\"")
      case "\\": try output.append("\\\\")
      case "\n": try output.append("\\n")
      case "\r": try output.append("\\r")
      case "\t": try output.append("\\t")
      case "\u{8}": try output.append("\\b")
      case "\u{c}": try output.append("\\f")
      case "\0"..<" ": try append(unit: UInt16(scalar.value))
      default:
        if isASCII, !scalar.isASCII {
          for unit in String(scalar).utf16 { try append(unit: unit) }
        } else {
          try output.append(scalar)
        }
      }
    }
    try output.append("\"")
  }

  private mutating func append(unit: UInt16) throws(BoundedText.Fault) {
    let digits = String(unit, radix: 16)
    try output.append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
  }
}
