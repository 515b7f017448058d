import Compiler
import IR
import Operators

/// Gives every product with a weight one form:
/// `matmul(x, w)` → `linear(x, w, transposed: true)`, where w is a matrix known before the run.
public struct FormLinear: RewritePass {
  public let name = "form-linear"
  public let summary = "Gives every product with a weight the form of a linear layer."

  /// The pass.
  public init() {}

  public func rewrite(_ node: Node, in graph: Graph, context: inout PassContext) throws -> Patch? {
    guard let product = node.op as? MatMul else { return nil }
    let (x, weight) = (node.operands[0], node.operands[1])
    guard graph.type(of: weight).rank == 2, graph.isKnownBeforeRun(weight) else { return nil }
    guard !product.transposesA else {
      context.missed(
        "matmul is no linear layer: \(graph.label(x)) is read with swapped axes", node.origin)
      return nil
    }
    var patch = Patch(rewriting: [node])
    let linear = Linear(transposed: !product.transposesB)
    patch.replace(node, with: try patch.add(linear, [x, weight], in: graph))
    context.applied("matmul with a weight made a linear layer", patch)
    return patch
  }
}
