import IR
import Tensors

/// A few elementwise ops that run together, element by element: the meaning of one op and of a
/// fused chain alike.
///
/// As text: `t0 = add(a0, a1); gelu(t0, approximation: tanh)`. `a0` is operand 0, `t0` the result
/// of the first instruction, and the last instruction gives the result. All operands broadcast to
/// one shape. Between instructions reals keep more precision than a 16-bit type would store.
public struct ElementwiseProgram: Sendable {
  /// Where an instruction reads.
  public enum Source: Hashable, Sendable {
    /// An operand of the whole.
    case operand(Int)
    /// The result of an instruction before.
    case result(Int)
  }

  /// One op of the program.
  public struct Instruction: Sendable {
    /// The op.
    public var op: any ElementwiseOp
    /// What it reads, in the order of its signature.
    public var sources: [Source]
  }

  /// Operands at most: what the C interpreter has room for.
  public static let maximumOperands = 8
  /// Instructions at most.
  public static let maximumInstructions = 16

  /// How many operands there are.
  public let operandCount: Int
  /// The instructions; at least one.
  public let instructions: [Instruction]

  /// A program from its parts.
  init(operandCount: Int, instructions: [Instruction]) {
    self.operandCount = operandCount
    self.instructions = instructions
  }

  /// The program of one op.
  public init(_ op: any ElementwiseOp) {
    operandCount = op.function.operandCount
    instructions = [Instruction(op: op, sources: (0..<operandCount).map { .operand($0) })]
  }

  /// The op that the program is made of, where it is one.
  var single: (any ElementwiseOp)? { instructions.count == 1 ? instructions[0].op : nil }

  /// The element type of each instruction's result.
  func dtypes(_ operands: [DType]) throws(OpError) -> [DType] {
    if operands.count != operandCount {
      throw .operandCount(operandCount, found: operands.count)
    }
    var results: [DType] = []
    for instruction in instructions {
      let sources = instruction.sources.map { source in
        switch source {
        case .operand(let i): operands[i]
        case .result(let i): results[i]
        }
      }
      do {
        results.append(try instruction.op.function.resultDType(sources))
      } catch {
        throw located(error, instruction)
      }
    }
    return results
  }

  /// `error` of an instruction in the positions of the program's operands, where it is about some.
  private func located(_ error: OpError, _ instruction: Instruction) -> OpError {
    func operand(_ i: Int) -> Int? {
      if case .operand(let position) = instruction.sources[i] { position } else { nil }
    }
    switch error {
    case .dtype(let i, let expected):
      if let i = operand(i) { return .dtype(operand: i, expected: expected) }
    case .dtypesDiffer(let i, let j):
      if let i = operand(i), let j = operand(j) { return .dtypesDiffer(i, j) }
    default: return error
    }
    return .attributeRange(
      "program", rule: "'\(instruction.op.signature.name)' \(error)")
  }

  /// The type of the result.
  public func resultType(_ operands: [TensorType]) throws(OpError) -> TensorType {
    let dtype = try dtypes(operands.map(\.dtype)).last ?? .f32
    var shape = Shape()
    for (i, operand) in operands.enumerated() {
      guard let next = shape.broadcast(with: operand.shape) else {
        let other = operands[..<i].firstIndex { $0.shape.broadcast(with: operand.shape) == nil }
        throw .broadcast(other ?? 0, i)
      }
      shape = next
    }
    return TensorType(dtype, shape)
  }

  /// The reference: each instruction over all elements, one after the other.
  public func evaluate(_ operands: [Tensor]) throws -> Tensor {
    let type = try resultType(operands.map(\.type))
    let dims = type.shape.values ?? []
    let types = operands.map(\.dtype)
    let results = try dtypes(types)
    let columns = operands.map { Column($0, broadcastTo: dims) }
    var computed: [Column] = []
    for instruction in instructions {
      let dtype =
        switch instruction.sources[0] {
        case .operand(let i): types[i]
        case .result(let i): results[i]
        }
      let sources = instruction.sources.map { source in
        switch source {
        case .operand(let i): columns[i]
        case .result(let i): computed[i]
        }
      }
      computed.append(instruction.op.function.evaluate(sources, dtype))
    }
    return try computed[computed.count - 1].tensor(type.dtype, dims: dims)
  }
}
