import CPlugin
import IR
import Tensors

/// Operands and attributes.
extension TableReader {
  func operands(
    _ op: weft_op
  ) throws(PluginError) -> [(operand: OpSignature.Operand, elements: [DType])] {
    let given = try array(
      op.operands, op.operand_count, most: Int(WEFT_PLUGIN_OPERANDS), weft_operand(),
      "operand")
    guard !given.isEmpty else { throw wrong("has no operand") }
    var operands: [(operand: OpSignature.Operand, elements: [DType])] = []
    for (i, operand) in given.enumerated() {
      let name = try name(operand.name, "the name of operand \(i)")
      if operands.contains(where: { $0.operand.name == name }) {
        throw wrong("has two operands named '\(name)'")
      }
      if operand.optional == 0, operands.last?.operand.presence == .optional {
        throw wrong(
          "its operand '\(name)' must be given, and stands after one that may be left out")
      }
      if operand.variadic != 0 {
        guard i == given.count - 1, operand.optional == 0,
          operands.allSatisfy({ $0.operand.presence == .required })
        else {
          throw wrong(
            "its operand '\(name)' may stand several times, and isn't the last of those that must be given",
            hint: "an op with such an operand has none that may be left out")
        }
        operands.append((.variadic(name), try elements(operand.elements, of: name, op)))
        continue
      }
      operands.append(
        (
          operand.optional == 0 ? .required(name) : .optional(name),
          try elements(operand.elements, of: name, op)
        ))
    }
    if operands[0].operand.presence == .optional {
      throw wrong("has only operands that may be left out")
    }
    return operands
  }

  private func elements(
    _ bits: UInt32, of operand: String, _ op: weft_op
  ) throws(PluginError) -> [DType] {
    let known = DType.allCases.filter { bits & (1 << $0.element.rawValue) != 0 }
    let all = DType.allCases.reduce(UInt32(0)) { $0 | 1 << $1.element.rawValue }
    guard bits & ~all == 0 else {
      throw wrong("its operand '\(operand)' may have an element type that there is none of")
    }
    if op.elementwise != nil {
      guard bits == 0 else {
        throw wrong(
          "is elementwise, and says element types for '\(operand)'",
          hint: "Weft gives it f32, and widens f16 and bf16")
      }
      return [.f32]
    }
    return bits == 0 ? [.f32] : known
  }

  func category(_ op: weft_op) throws(PluginError) -> OpCategory {
    guard op.category != nil else { return op.elementwise == nil ? .other : .elementwise }
    let word = try text(op.category, limit: 64, "the category")
    let known = OpCategory.allCases.map { ($0, Self.word($0)) }
    guard let found = known.first(where: { $0.1 == word }) else {
      throw wrong(
        "its category is '\(word)'",
        hint: "one of " + known.map(\.1).joined(separator: ", "))
    }
    return found.0
  }

  /// A category as plugins write it: `matrix_product`.
  private static func word(_ category: OpCategory) -> String {
    category.rawValue.reduce(into: "") { word, letter in
      word += letter.isUppercase ? "_" + letter.lowercased() : String(letter)
    }
  }

  func attributes(
    _ op: weft_op, besides operands: [String]
  ) throws(PluginError) -> [OpSignature.Attribute] {
    let given = try array(
      op.attributes, op.attribute_count, most: Int(WEFT_PLUGIN_ATTRIBUTES),
      weft_attribute(), "attribute")
    var attributes: [OpSignature.Attribute] = []
    for (i, attribute) in given.enumerated() {
      let name = try name(attribute.name, "the name of attribute \(i)")
      if operands.contains(name) || attributes.contains(where: { $0.name == name }) {
        throw wrong("has two operands or attributes named '\(name)'")
      }
      let kind = try kind(attribute, name)
      attributes.append(
        .init(
          name, kind, default: attribute.required != 0 ? nil : try fallback(attribute, kind, name)))
    }
    return attributes
  }

  private func kind(_ attribute: weft_attribute, _ name: String) throws(PluginError)
    -> AttributeKind
  {
    let isString = attribute.kind == WEFT_ATTRIBUTE_STRING.rawValue
    if attribute.choice_count > 0, !isString {
      throw wrong("its attribute '\(name)' has choices, and is no string")
    }
    switch weft_attribute_kind(attribute.kind) {
    case WEFT_ATTRIBUTE_INT: return .int
    case WEFT_ATTRIBUTE_INTS: return .ints
    case WEFT_ATTRIBUTE_DIM: return .dim
    case WEFT_ATTRIBUTE_DIMS: return .dims
    case WEFT_ATTRIBUTE_REAL: return .double
    case WEFT_ATTRIBUTE_BOOL: return .bool
    case WEFT_ATTRIBUTE_ELEMENT: return .dtype
    case WEFT_ATTRIBUTE_STRING:
      guard attribute.choice_count <= 64, attribute.choice_count == 0 || attribute.choices != nil
      else { throw wrong("its attribute '\(name)' has no choices, or more than 64") }
      var choices: [String] = []
      for i in 0..<Int(attribute.choice_count) {
        choices.append(try text(attribute.choices[i], limit: 64, "choice \(i) of '\(name)'"))
      }
      return .string(choices)
    default:
      throw wrong("its attribute '\(name)' has kind \(attribute.kind), which there is none of")
    }
  }

  private func wrongExtent(_ name: String, _ found: Int) -> PluginError {
    wrong(
      "the default of '\(name)' is the extent \(found)",
      hint: "WEFT_ATTRIBUTE_INT may be below 0, an extent may not")
  }

  private func fallback(
    _ attribute: weft_attribute, _ kind: AttributeKind, _ name: String
  ) throws(PluginError) -> AttributeValue {
    let given = attribute.fallback
    func list() throws(PluginError) -> [Int] {
      // A size_t beyond Int.max arrives as a negative number.
      guard (0...1024).contains(given.count), given.count == 0 || given.integers != nil else {
        throw wrong("the default of '\(name)' has \(given.count) numbers at NULL, or too many")
      }
      return (0..<given.count).map { Int(given.integers[$0]) }
    }
    let value: AttributeValue
    switch kind {
    case .int: value = .int(Int(given.integer))
    case .ints: value = .ints(try list())
    case .dim, .dims:
      let dims = kind == .dim ? [Int(given.integer)] : try list()
      if let wrong = dims.first(where: { $0 < 0 }) {
        throw wrongExtent(name, wrong)
      }
      value = kind == .dim ? .int(dims[0]) : .ints(dims)
    case .double: value = .double(given.real)
    case .bool: value = .bool(given.integer != 0)
    case .string(let choices):
      value = .string(try text(given.text, limit: 1024, "the default of '\(name)'"))
      guard value.matches(kind) else {
        throw wrong(
          "the default of '\(name)' is \(value)",
          hint: "one of " + choices.map { "\"\($0)\"" }.joined(separator: ", "))
      }
    case .dtype:
      guard let dtype = UInt32(exactly: given.integer).flatMap({ DType(element: $0) }) else {
        throw wrong("the default of '\(name)' is element type \(given.integer)")
      }
      value = .dtype(dtype)
    }
    return value
  }
}
