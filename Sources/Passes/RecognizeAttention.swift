import Compiler
import IR
import Operators
import Tensors

/// Recognizes an attention that is written out, and runs it without its matrix of scores:
///
///     s = matmul(q, k, transpose_b) / √d      (+ bias, masked by `where` or by a term)
///     y = matmul(softmax(s), v)                →   y = attention(q, k, v, mask, bias)
///
/// q, k and v are [batch, heads, tokens, size]; without heads [batch, tokens, size], or one sequence
/// [tokens, size]. `attention` takes rows [batch, tokens, heads · size]: the axes are moved before and
/// after, which cancels where the graph had cut rows into heads itself. Scores of −10⁴ or less are
/// hidden; positions compared with each other, or a constant triangle, are recognized as causal. A
/// query whose keys are all hidden gives zeros, where the written form would give the mean of all
/// values.
public struct RecognizeAttention: RewritePass {
  public let name = "recognize-attention"
  public let summary = "Recognizes an attention that is written out as matmul, softmax, matmul."

  /// The pass.
  public init() {}

  public func rewrite(_ node: Node, in graph: Graph, context: inout PassContext) throws -> Patch? {
    guard let mixing = node.op as? MatMul else {
      if node.op is Attention { reportMovements(before: node, in: graph, &context) }
      return nil
    }
    guard let (softmax, op) = graph.producer(of: node.operands[0], as: Softmax.self) else {
      if let miss = NearAttention(graph, node).miss { report(miss, node, &context) }
      return nil
    }
    // Weights that a softmax makes of something else than a product are no attention's.
    guard NearAttention.isLikely(softmax, in: graph) else { return nil }
    do {
      let rank = graph.type(of: node.operands[0]).rank
      guard !mixing.transposesA, op.axis == -1 || op.axis == rank - 1 else {
        throw AttentionMiss(
          "the softmax is over another axis than the keys", .axis, at: softmax,
          hint: "take the softmax over the last axis\(graph.line(of: softmax))")
      }
      guard graph.hasSoleUse(softmax.results[0]) else {
        throw AttentionMiss(
          "the probabilities are used elsewhere, too",
          graph.sharing(
            of: softmax.results[0], besides: [node], hint: AttentionMiss.neverInMemory))
      }
      let match = try AttentionMatch(graph, softmax: softmax, mixing: node)
      let (patch, heads) = try match.patch()
      context.applied("attention of \(heads) heads recognized", patch)
      return patch
    } catch let miss as AttentionMiss {
      report(miss, node, &context)
    } catch let error as OpError {
      report(
        AttentionMiss("'attention' \(error)", .sameShape, at: node, hint: nil), node, &context)
    }
    return nil
  }

  /// Says that axes are moved to heads and back again, because something stands between.
  private func reportMovements(
    before node: Node, in graph: Graph, _ context: inout PassContext
  ) {
    for (value, name) in zip(node.operands, ["queries", "keys", "values"]) {
      guard let reshape = graph.producer(of: value), reshape.op is Reshape,
        let (moved, _) = graph.producer(of: reshape.operands[0], as: Transpose.self),
        let between = graph.producer(of: moved.operands[0]),
        between.op is any ElementwiseComputation
      else { continue }
      let tensors = between.operands.filter { graph.scalar($0) == nil }
      guard tensors.count == 1, graph.producer(of: tensors[0], as: Transpose.self) != nil else {
        continue
      }
      context.missed(
        "the axes of the \(name) are moved for nothing: \(between.op.name) stands between the heads "
          + "and the attention", node.origin,
        graph.standing(
          between, of: moved.operands[0],
          hint:
            "apply '\(between.op.name)'\(graph.line(of: between)) before the heads are cut, or a "
            + "factor to the scores"))
    }
  }

  private func report(_ miss: AttentionMiss, _ node: Node, _ context: inout PassContext) {
    context.missed("attention not recognized: \(miss.reason)", node.origin, miss.nearMiss)
  }
}
