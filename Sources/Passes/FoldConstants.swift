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
    guard let op = node.op as? any Evaluable else { return nil }
    var operands: [Tensor] = []
    for operand in node.operands {
      guard let constant = graph.constant(operand) else { return nil }
      operands.append(constant)
    }
    for result in node.results {
      guard let bytes = try graph.type(of: result).byteCount().value else { return nil }
      guard bytes <= Self.byteLimit else {
        context.missed(
          "\(node.op.name) not folded: its result takes \(bytes) bytes, over \(Self.byteLimit)",
          node.origin)
        return nil
      }
    }
    let results: [Tensor]
    do {
      results = try op.evaluate(operands)
    } catch let error as EvaluationError {
      // The run says the same, with the place in the data.
      context.missed("\(node.op.name) not folded: \(error)", node.origin)
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
