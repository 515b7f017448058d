import Compiler
import IR
import Operators
import Tensors

/// Recognizes an attention that is written out, and runs it without its matrix of scores:
///
///     s = matmul(heads(q), heads(k), transpose_b) / √d      (+ bias, masked by `where`)
///     y = rows(matmul(softmax(s), heads(v)))                →   y = attention(q, k, v, mask, bias)
///
/// `heads` is a reshape to [batch, tokens, heads, size] and a transposition to
/// [batch, heads, tokens, size], `rows` its way back; with one head there is neither. A mask may
/// hide keys by a large negative number (−10⁴ or less) or by an additive term; positions compared
/// with each other are recognized as causal. A query whose keys are all hidden gives zeros, where
/// the written form would give the mean of all values.
public struct RecognizeAttention: RewritePass {
  public let name = "recognize-attention"
  public let summary = "Recognizes an attention that is written out as matmul, softmax, matmul."

  /// The pass.
  public init() {}

  public func rewrite(_ node: Node, in graph: Graph, context: inout PassContext) throws -> Patch? {
    guard let mixing = node.op as? MatMul, !mixing.transposesA, !mixing.transposesB,
      let (softmax, op) = graph.producer(of: node.operands[0], as: Softmax.self)
    else { return nil }
    do {
      let rank = graph.type(of: node.results[0]).rank
      guard op.axis == -1 || op.axis == rank - 1 else {
        throw NearMiss("softmax is over another axis")
      }
      guard graph.hasSoleUse(softmax.results[0]) else {
        throw NearMiss("the attention's probabilities are used elsewhere, too")
      }
      var match = AttentionMatch(graph, softmax: softmax, mixing: node)
      try match.findScores()
      try match.findHeads()
      let patch = try match.patch()
      context.applied("attention of \(match.heads) heads recognized", patch.origin)
      return patch
    } catch let miss as NearMiss {
      context.missed("attention not recognized: \(miss.reason)", node.origin)
      return nil
    }
  }
}

/// The predicate that failed when a pattern nearly matched.
struct NearMiss: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}
