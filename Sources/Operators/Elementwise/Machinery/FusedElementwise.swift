import IR

/// A chain of elementwise ops in one pass over memory; made by fusion.
public struct FusedElementwise: ElementwiseComputation, OpOfOps {
  public static let signature = OpSignature(
    "elementwise", "Several elementwise ops in one pass over memory, as `program` says.",
    category: .elementwise, operands: [.variadic("operands")],
    attributes: [.init("program", .string([]))])

  public let program: ElementwiseProgram

  /// The op of `program`.
  public init(_ program: ElementwiseProgram) { self.program = program }

  public init(_ attributes: Attributes) throws(OpError) {
    try self.init(attributes, ops: .empty)
  }

  public init(_ attributes: Attributes, ops: OpTable) throws(OpError) {
    program = try ElementwiseProgram(parsing: attributes.string("program"), ops: ops)
  }

  public var attributes: Attributes { ["program": .string(program.description)] }
}
