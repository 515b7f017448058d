import Compiler
import IR
import Operators

/// Lets a matrix product read an operand with swapped axes instead of swapping them in memory:
/// `matmul(a, transpose(b))` → `matmul(a, b, transpose_b: true)`.
public struct AbsorbTranspose: RewritePass {
  public let name = "absorb-transpose"
  public let summary = "Lets a matrix product read an operand with swapped axes."

  /// The pass.
  public init() {}

  public func rewrite(_ node: Node, in graph: Graph, context: inout PassContext) throws -> Patch? {
    if var linear = node.op as? Linear {
      guard let (transposition, op) = graph.producer(of: node.operands[1], as: Transpose.self),
        op.swapsLastAxes(rank: 2)
      else { return nil }
      linear.transposed.toggle()
      var operands = node.operands
      operands[1] = transposition.operands[0]
      return try absorb(transposition, node, linear, operands, in: graph, &context)
    }
    guard let product = node.op as? MatMul else { return nil }
    for (i, operand) in node.operands.enumerated() {
      guard let (transposition, op) = graph.producer(of: operand, as: Transpose.self) else {
        reportStanding(before: node, operand, in: graph, &context)
        continue
      }
      let source = transposition.operands[0]
      guard op.swapsLastAxes(rank: graph.type(of: source).rank) else { continue }
      var operands = node.operands
      operands[i] = source
      let absorbed = MatMul(
        transposesA: product.transposesA != (i == 0), transposesB: product.transposesB != (i == 1))
      return try absorb(transposition, node, absorbed, operands, in: graph, &context)
    }
    return nil
  }

  /// Says that a factor or a conversion stands between the transposition and the product.
  private func reportStanding(
    before node: Node, _ operand: ValueID, in graph: Graph, _ context: inout PassContext
  ) {
    guard let between = graph.producer(of: operand), between.op is any ElementwiseComputation,
      graph.hasSoleUse(operand)
    else { return }
    let tensors = between.operands.filter { graph.scalar($0) == nil }
    guard tensors.count == 1,
      let (transposition, op) = graph.producer(of: tensors[0], as: Transpose.self),
      op.swapsLastAxes(rank: graph.type(of: tensors[0]).rank), !graph.isKnownBeforeRun(operand)
    else { return }
    context.missed(
      "swapped axes not absorbed: \(between.op.name) stands between the transposition and the "
        + "matrix product", node.origin,
      graph.standing(
        between, of: operand,
        hint: "transpose after '\(between.op.name)'\(graph.line(of: between)), not before it"
          + graph.line(of: transposition)))
  }

  private func absorb(
    _ transposition: Node, _ node: Node, _ op: any Op, _ operands: [ValueID], in graph: Graph,
    _ context: inout PassContext
  ) throws -> Patch {
    var patch = Patch(rewriting: [transposition, node])
    patch.replace(node, with: try patch.add(op, operands, in: graph))
    context.applied(
      "\(op.name) reads \(graph.label(transposition.operands[0])) with swapped axes", patch)
    return patch
  }
}

extension Transpose {
  /// The permutation for a tensor of `rank` axes; without one the last two are swapped.
  func fullPermutation(rank: Int) -> [Int] {
    if !permutation.isEmpty { return permutation.map { $0 < 0 ? $0 + rank : $0 } }
    guard rank >= 2 else { return Array(0..<rank) }
    return Array(0..<rank - 2) + [rank - 1, rank - 2]
  }

  /// Whether exactly the last two axes change places.
  func swapsLastAxes(rank: Int) -> Bool {
    rank >= 2
      && fullPermutation(rank: rank) == Array(0..<rank - 2) + [rank - 1, rank - 2]
  }
}
