import Compiler
import IR
import Operators

/// Adds the residual while the norm reads its rows:
/// `layer_norm(x + r)` → `layer_norm(x, residual: r)`; the sum is kept where others use it.
public struct FuseNorm: RewritePass {
  public let name = "fuse-norm"
  public let summary = "Adds the residual while the norm reads its rows."

  /// The pass.
  public init() {}

  public func rewrite(_ node: Node, in graph: Graph, context: inout PassContext) throws -> Patch? {
    let hasResidual: Bool
    switch node.op {
    case let norm as LayerNorm: hasResidual = norm.hasResidual
    case let norm as RMSNorm: hasResidual = norm.hasResidual
    default: return nil
    }
    let x = node.operands[0]
    guard !hasResidual else { return nil }
    guard let (sum, _) = graph.producer(of: x, as: Add.self) else {
      reportMovement(before: node, in: graph, &context)
      return nil
    }
    if let stretched = sum.operands.first(where: { graph.type(of: $0) != graph.type(of: x) }) {
      report(stretched, in: sum, of: node, in: graph, &context)
      return nil
    }
    let keepsSum = !graph.hasSoleUse(x)
    let op: any Op
    switch node.op {
    case let norm as LayerNorm:
      op = LayerNorm(
        weight: norm.hasWeight, bias: norm.hasBias, residual: true, epsilon: norm.epsilon,
        keepsSum: keepsSum)
    case let norm as RMSNorm:
      op = RMSNorm(
        weight: norm.hasWeight, residual: true, epsilon: norm.epsilon, keepsSum: keepsSum)
    default: return nil
    }
    var patch = Patch(rewriting: [sum, node])
    let operands = [sum.operands[0]] + node.operands.dropFirst() + [sum.operands[1]]
    let results = try patch.add(op, operands, in: graph)
    patch.replace(node.results[0], with: results[0])
    if keepsSum { patch.replace(x, with: results[1]) }
    context.applied(
      keepsSum ? "residual added in the norm, sum kept" : "residual added in the norm",
      patch)
    return patch
  }

  /// Says that an operand of the sum has another shape; a number is no residual.
  private func report(
    _ stretched: ValueID, in sum: Node, of node: Node, in graph: Graph,
    _ context: inout PassContext
  ) {
    let type = graph.type(of: stretched)
    // A sum of embeddings is fuse-embedding's to tell.
    guard type.shape.dims.contains(where: { $0 != 1 }),
      !sum.operands.contains(where: { isEmbedding($0, in: graph) })
    else { return }
    context.missed(
      "residual norm not fused: \(graph.label(sum.operands[0])) and "
        + "\(graph.label(sum.operands[1])) have different shapes", node.origin,
      NearMiss(
        .sameShape, value: graph.label(stretched), at: sum.origin.location,
        hint: "\(type) is stretched to \(graph.type(of: sum.results[0]))\(graph.line(of: sum)); "
          + "the norm adds only rows of its own shape"))
  }

  /// Whether `value` is rows of a table, or these times a number.
  private func isEmbedding(_ value: ValueID, in graph: Graph) -> Bool {
    guard let node = graph.producer(of: value) else { return false }
    return node.op is Embedding
      || node.op is any ElementwiseComputation
        && node.operands.contains { graph.producer(of: $0)?.op is Embedding }
  }

  /// Says that the sum is reshaped before the norm reads it.
  private func reportMovement(
    before node: Node, in graph: Graph, _ context: inout PassContext
  ) {
    guard let movement = graph.soleMovement(giving: node.operands[0]), movement.op is Reshape,
      let (sum, _) = graph.producer(of: movement.operands[0], as: Add.self),
      sum.operands.allSatisfy({ graph.type(of: $0) == graph.type(of: sum.results[0]) }),
      graph.type(of: sum.results[0]).shape.dims.last
        == graph.type(of: node.results[0]).shape.dims.last
    else { return }
    context.missed(
      "residual norm not fused: reshape stands between the sum and the norm", node.origin,
      graph.standing(
        movement, of: node.operands[0],
        hint: "normalize\(graph.line(of: node)) before the reshape\(graph.line(of: movement))"))
  }
}
