/// How Python writes values.
extension Value {
  /// What `str` gives and a template prints; undefined is nothing.
  var text: String {
    switch self {
    case .undefined: ""
    case .string(let text): text
    default: representation
    }
  }

  /// What `repr` gives.
  var representation: String {
    switch self {
    case .undefined: "Undefined"
    case .none: "None"
    case .bool(let value): value ? "True" : "False"
    case .int(let value): "\(value)"
    case .double(let value): Value.text(of: value)
    case .string(let text): Value.quoted(text)
    case .list(let elements): "[" + Value.joined(elements) + "]"
    case .tuple(let elements):
      "(" + Value.joined(elements) + (elements.count == 1 ? ",)" : ")")
    case .generator: "<generator>"
    case .mapping(let mapping):
      "{"
        + zip(mapping.keys, mapping.values)
        .map { Value.quoted($0) + ": " + $1.representation }.joined(separator: ", ") + "}"
    case .namespace: "<Namespace>"
    case .loop(let loop): "<LoopContext \(loop.index + 1)/\(loop.elements.count)>"
    case .callable: "<function>"
    }
  }

  private static func joined(_ elements: [Value]) -> String {
    elements.map(\.representation).joined(separator: ", ")
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
