import IR
import Tensors

extension ElementwiseProgram: CustomStringConvertible {
  public var description: String {
    instructions.enumerated().map { i, instruction in
      let arguments =
        instruction.sources.map(\.description)
        + instruction.op.attributes.pairs.map { "\($0.name): \($0.value.word)" }
      let call = "\(instruction.op.name)(\(arguments.joined(separator: ", ")))"
      return i == instructions.count - 1 ? call : "t\(i) = \(call)"
    }.joined(separator: "; ")
  }
}

extension ElementwiseProgram.Source: CustomStringConvertible {
  public var description: String {
    switch self {
    case .operand(let i): "a\(i)"
    case .result(let i): "t\(i)"
    }
  }

  /// `a0` or `t0`.
  init?(_ text: Substring) {
    guard let kind = text.first, let i = Int(text.dropFirst()), i >= 0 else { return nil }
    switch kind {
    case "a": self = .operand(i)
    case "t": self = .result(i)
    default: return nil
    }
  }
}

extension ElementwiseProgram {
  /// The elementwise ops by name.
  private static let ops: [String: any ElementwiseOp.Type] = {
    var ops: [String: any ElementwiseOp.Type] = [:]
    for case let op as any ElementwiseOp.Type in BuiltinOps.all { ops[op.name] = op }
    return ops
  }()

  /// The program that `text` says, as ``description`` prints it, with Weft's ops and those of `ops`.
  public init(parsing text: String, ops: OpTable = .empty) throws(OpError) {
    let statements = text.split(separator: ";", omittingEmptySubsequences: false)
    guard statements.count <= Self.maximumInstructions else {
      throw .attributeRange(
        "program", rule: "at most \(Self.maximumInstructions) instructions")
    }
    var instructions: [Instruction] = []
    var operandCount = 0
    for (i, statement) in statements.enumerated() {
      var call = statement.trimmed
      if i < statements.count - 1 {
        let sides = call.split(separator: "=", maxSplits: 1).map(\.trimmed)
        guard sides.count == 2, sides[0] == "t\(i)" else {
          throw .attributeRange("program", rule: "'\(call)' must be 't\(i) = …'")
        }
        call = sides[1]
      }
      let instruction = try Self.instruction(call, ops)
      for source in instruction.sources {
        switch source {
        case .operand(let a) where a < Self.maximumOperands:
          operandCount = max(operandCount, a + 1)
        case .result(let t) where t < i: break
        default: throw .attributeRange("program", rule: "there is no '\(source)' in '\(call)'")
        }
      }
      instructions.append(instruction)
    }
    self.init(operandCount: operandCount, instructions: instructions)
  }

  /// `name(a0, t0, attribute: value)`.
  private static func instruction(
    _ call: Substring, _ table: OpTable
  ) throws(OpError) -> Instruction {
    guard let open = call.firstIndex(of: "("), call.last == ")" else {
      throw .attributeRange("program", rule: "'\(call)' is no call of an op")
    }
    let name = String(call[..<open])
    guard let definition = ops[name].map(OpDefinition.init) ?? table[name] else {
      throw .attributeRange("program", rule: "'\(call[..<open])' is no elementwise op")
    }
    var sources: [Source] = []
    var attributes = Attributes()
    for argument in call[call.index(after: open)...].dropLast().split(separator: ",") {
      let parts = argument.split(separator: ":", maxSplits: 1).map(\.trimmed)
      if parts.count == 2 {
        let kind = definition.signature.attributes.first { $0.name == parts[0] }?.kind
        attributes[String(parts[0])] = AttributeValue(word: String(parts[1]), kind: kind)
      } else if let source = Source(argument.trimmed) {
        sources.append(source)
      } else {
        throw .attributeRange("program", rule: "'\(argument.trimmed)' is neither a0 … nor t0 …")
      }
    }
    guard let made = try definition.make(attributes) as? any ElementwiseOp else {
      throw .attributeRange("program", rule: "'\(name)' is no elementwise op")
    }
    guard sources.count == made.function.operandCount else {
      throw .attributeRange(
        "program", rule: "'\(call)' needs \(made.function.operandCount) operands")
    }
    return Instruction(op: made, sources: sources)
  }
}

extension AttributeValue {
  /// The value without quotes, as a program writes it.
  fileprivate var word: String {
    if case .string(let text) = self { text } else { description }
  }

  /// The value that `word` says for an attribute of `kind`; text where it can't be read.
  fileprivate init(word: String, kind: AttributeKind?) {
    self =
      switch kind {
      case .double: Double(word).map { .double($0) } ?? .string(word)
      case .int: Int(word).map { .int($0) } ?? .string(word)
      case .bool: Bool(word).map { .bool($0) } ?? .string(word)
      case .dtype: DType(rawValue: word).map { .dtype($0) } ?? .string(word)
      default: .string(word)
      }
  }
}

extension Substring {
  /// Without spaces at either end.
  fileprivate var trimmed: Substring {
    var text = self
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return text
  }
}
