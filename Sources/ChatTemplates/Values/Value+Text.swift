/// How Python writes values.
extension Value {
  /// Writes what `str` gives and a template prints; undefined is nothing.
  func writeText(to output: inout BoundedText) throws(BoundedText.Fault) {
    switch self {
    case .undefined: break
    case .string(let text): try output.append(text)
    default: try writeRepresentation(to: &output)
    }
  }

  /// Writes what `repr` gives.
  func writeRepresentation(to output: inout BoundedText) throws(BoundedText.Fault) {
    switch self {
    case .undefined: try output.append("Undefined")
    case .none: try output.append("None")
    case .bool(let value): try output.append(value ? "True" : "False")
    case .int(let value): try output.append("\(value)")
    case .double(let value): try output.append(Value.text(of: value))
    case .string(let text): try output.append(Value.quoted(text))
    case .list(let elements): try Value.write(elements, "[", "]", to: &output)
    case .tuple(let elements):
      try Value.write(elements, "(", elements.count == 1 ? ",)" : ")", to: &output)
    case .generator: try output.append("<generator>")
    case .mapping(let mapping):
      try output.append("{")
      for (i, (key, value)) in zip(mapping.keys, mapping.values).enumerated() {
        try output.append((i > 0 ? ", " : "") + Value.quoted(key) + ": ")
        try value.writeRepresentation(to: &output)
      }
      try output.append("}")
    case .namespace: try output.append("<Namespace>")
    case .loop(let loop):
      try output.append("<LoopContext \(loop.index + 1)/\(loop.elements.count)>")
    case .callable: try output.append("<function>")
    }
  }

  private static func write(
    _ elements: [Value], _ open: String, _ close: String, to output: inout BoundedText
  ) throws(BoundedText.Fault) {
    try output.append(open)
    for (i, element) in elements.enumerated() {
      if i > 0 { try output.append(", ") }
      try element.writeRepresentation(to: &output)
    }
    try output.append(close)
  }

  /// The shortest digits that give the number again, as Python's `repr` sets them.
  static func text(of value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    if value == 0 { return value.sign == .minus ? "-0.0" : "0.0" }
    // Swift has the same shortest digits, and other rules for where the exponent begins.
    var text = "\(value.magnitude)"
    var exponent = 0
    if let e = text.firstIndex(of: "e") {
      exponent = Int(text[text.index(after: e)...]) ?? 0
      text = String(text[..<e])
    }
    let point = text.firstIndex(of: ".") ?? text.endIndex
    exponent += text.distance(from: text.startIndex, to: point)
    var digits = text.filter { $0 != "." }
    let zeros = digits.prefix { $0 == "0" }.count
    digits.removeFirst(zeros)
    exponent -= zeros
    while digits.hasSuffix("0") { digits.removeLast() }
    let sign = value < 0 ? "-" : ""
    if exponent > 16 || exponent < -3 {
      let mantissa = digits.count > 1 ? digits.prefix(1) + "." + digits.dropFirst() : digits[...]
      let power = exponent - 1
      return sign + mantissa + "e" + (power < 0 ? "-" : "+")
        + (power.magnitude < 10 ? "0" : "") + "\(power.magnitude)"
    }
    if exponent <= 0 { return sign + "0." + String(repeating: "0", count: -exponent) + digits }
    if digits.count <= exponent {
      return sign + digits + String(repeating: "0", count: exponent - digits.count) + ".0"
    }
    return sign + digits.prefix(exponent) + "." + digits.dropFirst(exponent)
  }

  /// A string in quotes as Python writes it.
  private static func quoted(_ text: String) -> String {
    let quote: Unicode.Scalar = text.contains("'") && !text.contains("\"") ? "\"" : "'"
    var result = String.UnicodeScalarView([quote])
    for scalar in text.unicodeScalars {
      switch scalar {
      case quote, "\\": result += "\\\(scalar)".unicodeScalars
      case "\n": result += "\\n".unicodeScalars
      case "\r": result += "\\r".unicodeScalars
      case "\t": result += "\\t".unicodeScalars
      default:
        if scalar.isPrintable {
          result.append(scalar)
        } else {
          result += escape(scalar).unicodeScalars
        }
      }
    }
    result.append(quote)
    return String(result)
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16)
    let (prefix, width) =
      scalar.value < 0x100 ? ("\\x", 2) : scalar.value < 0x10000 ? ("\\u", 4) : ("\\U", 8)
    return prefix + String(repeating: "0", count: width - digits.count) + digits
  }
}

extension Unicode.Scalar {
  /// What Python's `str.isprintable` says.
  fileprivate var isPrintable: Bool {
    if self == " " { return true }
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator, .spaceSeparator:
      return false
    default: return true
    }
  }
}
