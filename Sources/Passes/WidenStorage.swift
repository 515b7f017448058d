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
    guard Self.computing.contains(node.op.signature.category),
      !(node.op is any ElementwiseComputation)
    else { return nil }
    let narrow = node.operands.map { operand in
      let dtype = graph.type(of: operand).dtype
      return dtype.isFloatingPoint && dtype != .f32 && !graph.isKnownBeforeRun(operand)
    }
    guard narrow.contains(true) else {
      reportRounding(before: node, in: graph, &context)
      return nil
    }
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

  /// Says that a value is rounded between two ops that both compute in f32.
  private func reportRounding(
    before node: Node, in graph: Graph, _ context: inout PassContext
  ) {
    for operand in node.operands {
      guard let (widening, _) = graph.producer(of: operand, as: Cast.self),
        let (rounding, cast) = graph.producer(of: widening.operands[0], as: Cast.self),
        let source = graph.producer(of: rounding.operands[0]),
        cast.dtype != .f32, cast.dtype.isFloatingPoint,
        graph.type(of: operand).dtype == .f32,
        graph.type(of: rounding.operands[0]).dtype == .f32
      else { continue }
      context.missed(
        "\(source.op.name) and \(node.op.name) don't pass f32 on: the value between them is "
          + "\(cast.dtype)", node.origin,
        NearMiss(
          .elementType, value: graph.label(rounding.results[0]), at: source.origin.location,
          hint: "cast to f32 once, before '\(source.op.name)'\(graph.line(of: source)), and back "
            + "after '\(node.op.name)'\(graph.line(of: node)): two conversions fewer, and no "
            + "rounding between"))
    }
  }
}
