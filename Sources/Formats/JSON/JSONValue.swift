/// A JSON document as a tree.
///
/// Integers that fit 64 bits stay exact; every other number is a Double.
public enum JSONValue: Sendable, Equatable {
  /// `null`
  case null
  /// `true` or `false`
  case bool(Bool)
  /// A number without fraction or exponent that fits 64 bits.
  case integer(Int)
  /// Any other number.
  case number(Double)
  /// A string.
  case string(String)
  /// An array.
  case array([JSONValue])
  /// An object, its members in the order of the text.
  case object(JSONObject)
}

extension JSONValue: CustomStringConvertible {
  /// What an error message says was found: `the string "abc"`, `an array of 3`.
  public var description: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "the number \(value)"
    case .number(let value): "the number \(value)"
    case .string(let value): "the string \(value.quotedForMessage)"
    case .array(let elements): elements.isEmpty ? "an empty array" : "an array of \(elements.count)"
    case .object(let object):
      object.count == 0
        ? "an empty object" : "an object with \(object.count) key\(object.count == 1 ? "" : "s")"
    }
  }
}

extension String {
  /// The text in quotes, control characters escaped and the middle left out when it is long:
  /// text from a file goes to a terminal only so.
  public var quotedForMessage: String {
    let limit = 60
    var text = "\""
    for (i, scalar) in unicodeScalars.enumerated() {
      if i == limit { return text + "…\"" }
      switch scalar {
      case "\"", "\\": text += "\\" + String(scalar)
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      default:
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
          text += "\\u{" + String(scalar.value, radix: 16) + "}"
        default: text.unicodeScalars.append(scalar)
        }
      }
    }
    return text + "\""
  }
}
