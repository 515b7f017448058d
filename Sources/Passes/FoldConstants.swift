import Compiler
import IR
import Tensors

/// Computes nodes of nothing but constants: `sqrt(4.0)` → 2.0, `iota(3)` → [0, 1, 2].
///
/// Weights are no constants here: what hangs on them is computed when a plan is made.
public struct FoldConstants: RewritePass {
  public let name = "fold-constants"
  public let summary = "Computes nodes of nothing but constants."

  /// Results larger than this stay computed: a plan shouldn't grow by what a graph file can write
  /// in a line.
  public static let byteLimit = 1 << 20

  /// The pass.
  public init() {}

  public func rewrite(_ node: Node, in graph: Graph, context: inout PassContext) throws -> Patch? {
    var operands: [Tensor] = []
    for operand in node.operands {
      guard let constant = graph.constant(operand) else { return nil }
      operands.append(constant)
    }
    guard let op = node.op as? any Evaluable else {
      context.missed(
        "\(node.op.name) not folded: it has no reference that computes it", node.origin,
        NearMiss(
          .knownOp, value: node.op.name, at: node.origin.location,
          hint: "let the op '\(node.op.name)' conform to Evaluable"))
      return nil
    }
    for result in node.results {
      guard let bytes = try graph.type(of: result).byteCount().value else { return nil }
      guard bytes <= Self.byteLimit else {
        context.missed(
          "\(node.op.name) not folded: its result takes \(bytes) bytes, over \(Self.byteLimit)",
          node.origin,
          NearMiss(
            .limit, value: graph.label(result), at: node.origin.location,
            hint: "nothing to change: a run computes it faster than a plan could carry it; a "
              + "parameter would keep it in memory"))
        return nil
      }
    }
    let results: [Tensor]
    do {
      results = try op.evaluate(operands)
    } catch let error as EvaluationError {
      // The run says the same, with the place in the data.
      context.missed(
        "\(node.op.name) not folded: \(error)", node.origin,
        NearMiss(
          .defined, value: node.results.first.map { graph.label($0) }, at: node.origin.location,
          hint: "every run will fail here: change the constants"))
      return nil
    }
    var patch = Patch(rewriting: [node])
    for (old, tensor) in zip(node.results, results) {
      patch.replace(old, with: patch.constant(tensor))
    }
    context.applied("\(node.op.name) of constants computed", patch)
    return patch
  }
}
