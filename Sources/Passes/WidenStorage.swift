import Compiler
import IR
import Operators
import Tensors

/// Computes in f32 what is stored in 16 bits: `softmax(h)` with h: f16 →
/// `cast(softmax(cast(h, f32)), f16)`.
///
/// Elementwise ops widen in registers, and ops that only move elements take any type; the others
/// have kernels for f32 and for weights stored in 16 bits.
public struct WidenStorage: RewritePass {
  public let name = "widen-storage"
  public let summary = "Computes in f32 what is stored in 16 bits."

  private static let computing: Set<OpCategory> = [
    .matrixProduct, .attention, .normalization, .reduction, .position,
  ]

  /// The pass.
  public init() {}

  public func rewrite(_ node: Node, in graph: Graph, context: inout PassContext) throws -> Patch? {
    guard Self.computing.contains(type(of: node.op).signature.category),
      !(node.op is any ElementwiseComputation)
    else { return nil }
    let narrow = node.operands.map { operand in
      let dtype = graph.type(of: operand).dtype
      return dtype.isFloatingPoint && dtype != .f32 && !graph.isKnownBeforeRun(operand)
    }
    guard narrow.contains(true) else { return nil }
    var patch = Patch(rewriting: [node])
    var operands: [Patch.Operand] = []
    for (operand, isNarrow) in zip(node.operands, narrow) {
      operands +=
        isNarrow ? try patch.add(Cast(to: .f32), [operand], in: graph) : [.existing(operand)]
    }
    let results = try patch.add(node.op, operands, in: graph)
    for (old, new) in zip(node.results, results) {
      let stored = graph.type(of: old).dtype
      let same = patch.type(of: new, in: graph).dtype == stored
      patch.replace(old, with: same ? new : try patch.add(Cast(to: stored), [new], in: graph)[0])
    }
    context.applied("\(node.op.name) computed in f32", patch)
    return patch
  }
}
