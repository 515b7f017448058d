import IR

/// An elementwise program over values of a graph: what a pass that fuses chains works with.
///
///     t = add(x, y); z = gelu(t)     →     z = elementwise(x, y, program: "t0 = add(a0, a1); gelu(t0)")
public struct ElementwiseChain: Sendable {
  /// What is computed.
  public let program: ElementwiseProgram
  /// The values that it reads, none twice.
  public let operands: [ValueID]

  /// The chain of `node` alone, where its op is elementwise and small enough.
  public init?(_ node: Node) {
    guard let op = node.op as? any ElementwiseComputation else { return nil }
    self.init(op.program, node.operands, producing: nil, with: nil)
  }

  /// The chain that computes `value`, which `producer` gives, instead of reading it.
  ///
  /// - Returns: nil where this chain doesn't read `value`, or where the whole would have more
  ///   operands or instructions than a program may have.
  public func absorbing(_ producer: ElementwiseChain, of value: ValueID) -> ElementwiseChain? {
    guard operands.contains(value) else { return nil }
    return ElementwiseChain(program, operands, producing: value, with: producer)
  }

  /// The op on ``operands``.
  public var op: FusedElementwise { FusedElementwise(program) }

  private init?(
    _ program: ElementwiseProgram, _ values: [ValueID], producing absorbed: ValueID?,
    with producer: ElementwiseChain?
  ) {
    var operands = producer?.operands ?? []
    var instructions = producer?.program.instructions ?? []
    let first = instructions.count
    for value in values where value != absorbed && !operands.contains(value) {
      operands.append(value)
    }
    for instruction in program.instructions {
      var moved = instruction
      moved.sources = instruction.sources.map { source in
        switch source {
        case .result(let i): .result(first + i)
        case .operand(let i) where values[i] == absorbed: .result(first - 1)
        case .operand(let i): .operand(operands.firstIndex(of: values[i]) ?? 0)
        }
      }
      instructions.append(moved)
    }
    guard operands.count <= ElementwiseProgram.maximumOperands,
      instructions.count <= ElementwiseProgram.maximumInstructions
    else { return nil }
    self.operands = operands
    self.program = ElementwiseProgram(
      operandCount: operands.count, instructions: instructions)
  }
}
