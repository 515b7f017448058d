import IR
import Tensors

/// Matches what a call gives with what an op takes.
struct OpArguments {
  struct Operand {
    var name: String
    /// The argument's position in the call.
    var argument: Int
    var value: Value
    /// The operand's position in the signature.
    var position: Int
  }

  let signature: OpSignature
  private var given: [Operand] = []
  private(set) var attributes = Attributes()
  /// The extents among the attributes.
  private(set) var extents: [Extent] = []
  /// The next operand that an argument without a label may be.
  private var nextOperand = 0
  private var nextAttribute = 0
  /// Arguments so far.
  private var count = 0

  init(_ signature: OpSignature) { self.signature = signature }

  /// The operands in the order of the signature.
  var operands: [Operand] { given.sorted { $0.position < $1.position } }

  /// Operands that must be given and aren't, or nil.
  var missingOperands: [String]? {
    let missing = signature.operands.filter { operand in
      operand.presence != .optional && !given.contains { $0.name == operand.name }
    }
    return missing.isEmpty ? nil : missing.map(\.name)
  }

  /// Takes one argument; gives what is wrong with it.
  mutating func add(_ label: String?, _ value: Value) -> Message? {
    count += 1
    if case .results(let ids) = value { return .severalResults(ids.count) }
    if let label {
      if let i = signature.operands.firstIndex(where: { $0.name == label }) {
        return addOperand(i, value)
      }
      guard let attribute = signature.attributes.first(where: { $0.name == label }) else {
        return .unknownLabel(
          label, of: signature.name,
          known: signature.operands.map(\.name) + signature.attributes.map(\.name))
      }
      return addAttribute(attribute, value)
    }
    while nextAttribute == 0, nextOperand < signature.operands.count {
      let i = nextOperand
      switch (signature.operands[i].presence, value) {
      case (.variadic, .tensor): return addOperand(i, value)
      case (.variadic, _): nextOperand += 1
      case (.required, _), (.optional, .tensor), (.optional, .none):
        nextOperand += 1
        return addOperand(i, value)
      // What is no tensor is an attribute already.
      case (.optional, _): nextOperand = signature.operands.count
      }
    }
    guard nextAttribute < signature.attributes.count else {
      return .tooManyArguments(
        signature.name, takes: signature.operands.count + signature.attributes.count,
        form: signature)
    }
    nextAttribute += 1
    return addAttribute(signature.attributes[nextAttribute - 1], value)
  }

  private mutating func addOperand(_ i: Int, _ value: Value) -> Message? {
    let operand = signature.operands[i]
    if operand.presence != .variadic, given.contains(where: { $0.position == i }) {
      return .labelTwice(operand.name)
    }
    switch value {
    case .none:
      return operand.presence == .optional ? nil : .operandIsNil(operand.name, of: signature.name)
    case .tensor, .int, .float, .floats, .bool: break
    default: return .operandKind(operand.name, of: signature.name, found: value.kind)
    }
    if operand.presence == .optional {
      guard value.tensor != nil else {
        return .operandKind(operand.name, of: signature.name, found: value.kind)
      }
      attributes[operand.name] = .bool(true)
    }
    given.append(Operand(name: operand.name, argument: count - 1, value: value, position: i))
    return nil
  }

  private mutating func addAttribute(
    _ attribute: OpSignature.Attribute, _ value: Value
  ) -> Message? {
    if attributes[attribute.name] != nil { return .labelTwice(attribute.name) }
    let converted: AttributeValue
    switch value {
    case .int(let extent):
      converted = .dim(extent.dim)
      extents.append(extent)
    case .float(let number): converted = .double(number)
    case .bool(let flag): converted = .bool(flag)
    case .string(let text): converted = .string(text)
    case .dtype(let dtype): converted = .dtype(dtype)
    case .list(let list):
      converted = .dims(list.map(\.dim))
      extents = list
    case .none:
      return attribute.fallback == nil
        ? .attributeKind(attribute, of: signature.name, found: "nil") : nil
    default: return .attributeKind(attribute, of: signature.name, found: value.kind)
    }
    if case .dim(let dim) = converted, attribute.kind == .double, dim.value != nil {
      attributes[attribute.name] = converted
      return nil
    }
    guard converted.matches(attribute.kind) else {
      return .attributeMismatch(attribute, of: signature.name, found: converted)
    }
    attributes[attribute.name] = converted
    return nil
  }
}
