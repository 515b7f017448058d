import Compiler
import IR
import Operators

/// Why a written-out attention isn't recognized: what is thrown where the match ends.
struct AttentionMiss: Error {
  /// What isn't as it has to be, as the second half of a sentence.
  let reason: String
  /// The predicate that failed, as data.
  let nearMiss: NearMiss

  /// Says that `reason` holds at `node`.
  init(
    _ reason: String, _ predicate: NearMiss.Predicate, at node: Node, value: String? = nil,
    hint: String?
  ) {
    self.init(reason, predicate, at: node.origin.location, value: value, hint: hint)
  }

  /// Says that `reason` holds at `location`.
  init(
    _ reason: String, _ predicate: NearMiss.Predicate, at location: SourceLocation?,
    value: String? = nil, hint: String?
  ) {
    self.init(reason, NearMiss(predicate, value: value, at: location, hint: hint))
  }

  init(_ reason: String, _ nearMiss: NearMiss) {
    self.reason = reason
    self.nearMiss = nearMiss
  }

  static let neverInMemory =
    "an attention that is recognized never has its scores in memory: drop the other uses"
  static let scaleByNumber =
    "scale by a number here, and multiply the queries by the rest before the product"
}

/// What looks like an attention and isn't written so that it can be matched at all.
struct NearAttention {
  private let graph: Graph
  /// The product that would mix the values.
  private let mixing: Node
  /// As many nodes are looked through between the probabilities and the softmax.
  private static let mostSteps = 4

  init(_ graph: Graph, _ mixing: Node) {
    self.graph = graph
    self.mixing = mixing
  }

  /// Why `mixing`, whose first operand no softmax gives, isn't the end of an attention; nil where it
  /// isn't like one.
  var miss: AttentionMiss? {
    if let softmax = softmax(of: mixing.operands[1]), scoresAreProduct(softmax) {
      return AttentionMiss(
        "the probabilities stand second in the product", .operandOrder, at: mixing,
        value: graph.label(mixing.operands[1]),
        hint: "write matmul(softmax(scores), v)\(graph.line(of: mixing))")
    }
    var value = mixing.operands[0]
    var first: Node?
    for _ in 0..<Self.mostSteps {
      guard let node = graph.producer(of: value) else { return nil }
      if let sum = writtenOutSum(node) {
        return AttentionMiss(
          "the softmax is written out with exp and \(sum.op.name)", .knownOp, at: node,
          value: graph.label(value), hint: "write softmax(scores)\(graph.line(of: node))")
      }
      if node.op is Softmax {
        guard let first, scoresAreProduct(node) else { return nil }
        return AttentionMiss(
          "\(first.op.name) stands between the softmax and the product with the values",
          graph.standing(
            first, of: mixing.operands[0],
            hint: "apply '\(first.op.name)'\(graph.line(of: first)) to the scores before the "
              + "softmax, or to the values"))
      }
      guard graph.isMovement(node) || node.op is any ElementwiseComputation,
        let next = node.operands.first(where: leadsToSoftmax)
      else { return nil }
      first = first ?? node
      value = next
    }
    return nil
  }

  private func softmax(of value: ValueID) -> Node? {
    graph.producer(of: value, as: Softmax.self)?.node
  }

  private func leadsToSoftmax(_ value: ValueID) -> Bool {
    var value = value
    for _ in 0..<Self.mostSteps {
      guard let node = graph.producer(of: value) else { return false }
      if node.op is Softmax || writtenOutSum(node) != nil { return true }
      let tensors = node.operands.filter { graph.scalar($0) == nil }
      guard graph.isMovement(node) || node.op is any ElementwiseComputation,
        let next = tensors.first
      else { return false }
      value = next
    }
    return false
  }

  /// The sum in `exp(s) / reduce_sum(exp(s))`, where `node` is that quotient over a product.
  private func writtenOutSum(_ node: Node) -> Node? {
    guard node.op is Div, let (power, _) = graph.producer(of: node.operands[0], as: Exp.self),
      let (sum, _) = graph.producer(of: node.operands[1], as: ReduceSum.self),
      sum.operands[0] == power.results[0], leadsToProduct(power.operands[0])
    else { return nil }
    return sum
  }

  private func scoresAreProduct(_ softmax: Node) -> Bool { leadsToProduct(softmax.operands[0]) }

  /// Whether a product of two values that a run computes comes before `value`, with elementwise ops
  /// and movements between.
  private func leadsToProduct(_ value: ValueID) -> Bool {
    var open = [value]
    var seen: Set<ValueID> = []
    while let next = open.popLast() {
      guard seen.insert(next).inserted, let node = graph.producer(of: next) else { continue }
      if node.op is MatMul { return true }
      if graph.isMovement(node) || node.op is any ElementwiseComputation || node.op is ReduceMax {
        open += node.operands
      }
    }
    return false
  }

  /// Whether the scores of `softmax` come from a product at all.
  static func isLikely(_ softmax: Node, in graph: Graph) -> Bool {
    NearAttention(graph, softmax).leadsToProduct(softmax.operands[0])
  }
}
