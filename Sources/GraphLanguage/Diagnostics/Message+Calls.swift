import IR
import Tensors

// What is said about calls and subscripts.
extension Message {
  // MARK: Calls

  static func severalResults(_ count: Int) -> Message {
    Message("this gives \(count) results", help: "take them apart: let (a, b) = …")
  }

  static func resultCount(names: Int, found: Int) -> Message {
    Message(
      "\(names) name\(names == 1 ? " is" : "s are") given for \(found) result\(found == 1 ? "" : "s")",
      help: names == 1 ? "take them apart: let (a, b) = …; '_' ignores one" : nil)
  }

  static func returnCount(_ layer: String, expected: Int, found: Int) -> Message {
    Message(
      "'\(layer)' is declared to return \(expected) tensor\(expected == 1 ? "" : "s"), found \(found)"
    )
  }

  static func returnsNoTensor(_ found: String) -> Message {
    Message("a layer returns tensors, found \(found)")
  }

  static func returnsNothing(_ layer: String) -> Message {
    Message(
      "layer '\(layer)' ends without 'return'",
      help: "with these arguments no condition leads to one")
  }

  static func outputsNoTensor(_ found: String) -> Message {
    Message("an output is a tensor, found \(found)")
  }

  static func tooManyArguments(_ op: String, takes: Int, form: OpSignature) -> Message {
    Message(
      "'\(op)' takes at most \(takes) argument\(takes == 1 ? "" : "s")",
      help: "it is \(self.form(form))")
  }

  static func missingOperands(_ signature: OpSignature, _ missing: [String]) -> Message {
    Message(
      "'\(signature.name)' needs \(Suggestion.quotedList(missing))",
      help: "it is \(form(signature))")
  }

  /// `softmax(x, axis: -1)`: how an op is called.
  private static func form(_ signature: OpSignature) -> String {
    var parts = signature.operands.map { operand in
      switch operand.presence {
      case .required: operand.name
      case .optional: "\(operand.name): …"
      case .variadic: "\(operand.name)…"
      }
    }
    parts += signature.attributes.map { "\($0.name): \($0.fallback?.description ?? "…")" }
    return "\(signature.name)(\(parts.joined(separator: ", ")))"
  }

  static func operandIsNil(_ operand: String, of op: String) -> Message {
    Message("'\(operand)' of '\(op)' can't be nil")
  }

  static func operandKind(_ operand: String, of op: String, found: String) -> Message {
    Message("'\(operand)' of '\(op)' must be a tensor, found \(found)")
  }

  static func attributeKind(
    _ attribute: OpSignature.Attribute, of op: String, found: String
  ) -> Message {
    Message("'\(attribute.name)' of '\(op)' must be \(attribute.kind), found \(found)")
  }

  static func attributeMismatch(
    _ attribute: OpSignature.Attribute, of op: String, found: AttributeValue
  ) -> Message {
    if case .string(let choices) = attribute.kind, case .string(let word) = found {
      return Message(
        "'\(attribute.name)' of '\(op)' can't be \(found)",
        help: Suggestion.help(for: word, among: choices))
    }
    let isSymbolic =
      switch found {
      case .dim(let dim): dim.value == nil
      case .dims(let dims): dims.contains { $0.value == nil }
      default: false
      }
    return Message(
      "'\(attribute.name)' of '\(op)' must be \(attribute.kind), found \(found)"
        + (isSymbolic ? ", which is known only when the model runs" : ""))
  }

  // MARK: Subscripts

  static func notSubscriptable(_ found: String) -> Message {
    Message("only tensors and lists have positions, found \(found)")
  }

  static var severalEllipses: Message { Message("'...' stands twice") }

  static func tooManySubscripts(_ text: String, _ type: TensorType, found: Int) -> Message {
    Message("\(text) is \(type) and has \(type.rank) axes, found \(found) subscripts")
  }

  static var listSubscript: Message {
    Message("a list has one position at a time", help: "write shape[0]")
  }

  static func listPosition(_ position: Int, count: Int) -> Message {
    Message("position \(position) is outside of a list of \(count)")
  }

  static func positionOutside(
    _ position: Int, axis: Int, _ text: String, _ type: TensorType
  ) -> Message {
    Message("position \(position) is outside of axis \(axis): \(text) is \(type)")
  }

  static func emptySlice(from start: Int, to end: Int) -> Message {
    Message("\(start) ..< \(end) holds nothing")
  }
}
