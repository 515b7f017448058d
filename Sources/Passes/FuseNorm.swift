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
    guard !hasResidual, let (sum, _) = graph.producer(of: x, as: Add.self) else { return nil }
    guard sum.operands.allSatisfy({ graph.type(of: $0) == graph.type(of: x) }) else {
      context.missed(
        "residual norm not fused: \(graph.label(sum.operands[0])) and "
          + "\(graph.label(sum.operands[1])) have different shapes", node.origin)
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
}
