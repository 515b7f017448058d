import Tensors

/// How the small parts of a graph are written in its text form.
enum IRText {
  /// Whether `text` can stand without quotes.
  static func isIdentifier(_ text: String) -> Bool {
    guard let first = text.utf8.first, isLetter(first), text != "_" else { return false }
    return text.utf8.allSatisfy { isLetter($0) || isDigit($0) }
  }

  static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || byte == 0x5f
  }

  static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// An identifier as it is, any other text in quotes.
  static func word(_ text: String) -> String { isIdentifier(text) ? text : quoted(text) }

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

  static func initializer(_ initializer: Initializer) -> String {
    switch initializer {
    case .constant(let value): "constant(\(value))"
    case .normal(let mean, let deviation): "normal(\(mean), \(deviation))"
    case .uniform(let low, let high): "uniform(\(low), \(high))"
    }
  }

  static func attribute(_ value: AttributeValue) -> String {
    if case .string(let text) = value { quoted(text) } else { value.description }
  }

  static func element(_ tensor: Tensor, _ i: Int) -> String {
    switch tensor.dtype {
    case .f32, .f16, .bf16:
      let value = Float(tensor.double(at: i))
      return value.isNaN ? "nan" : value.description
    case .i32, .i64: return tensor.integer(at: i).description
    case .bool: return (tensor.integer(at: i) != 0).description
    }
  }

  static func location(_ location: SourceLocation) -> String {
    "\(quoted(location.file)):\(location.line):\(location.column)"
  }

  static func site(_ site: Origin.Site) -> String {
    var parts: [String] = []
    if let location = site.location { parts.append(IRText.location(location)) }
    if !site.path.components.isEmpty {
      parts.append("in " + site.path.components.map(component).joined(separator: "."))
    }
    if !site.calls.isEmpty {
      parts.append("via " + site.calls.map(IRText.location).joined(separator: ", "))
    }
    return parts.isEmpty ? "_" : parts.joined(separator: " ")
  }

  private static func component(_ component: LayerPath.Component) -> String {
    word(component.name) + (component.index.map { "[\($0)]" } ?? "")
      + (component.layer.map { "(\(word($0)))" } ?? "")
  }
}
