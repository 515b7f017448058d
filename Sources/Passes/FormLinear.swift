import Compiler
import IR
import Operators
import Tensors

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
    guard graph.isKnownBeforeRun(weight) else {
      reportOrder(of: node, in: graph, &context)
      return nil
    }
    let type = graph.type(of: weight)
    guard type.rank == 2 else {
      reportRank(of: node, type, in: graph, &context)
      return nil
    }
    guard !product.transposesA else {
      context.missed(
        "matmul is no linear layer: \(graph.label(x)) is read with swapped axes", node.origin,
        NearMiss(
          .axis, value: graph.label(x), at: node.origin.location,
          hint: "a linear layer reads rows: write \(graph.label(x)) as [rows, inputs] where it is "
            + "computed\(Graph.line(graph.location(of: x)))"))
      return nil
    }
    var patch = Patch(rewriting: [node])
    let linear = Linear(transposed: !product.transposesB)
    patch.replace(node, with: try patch.add(linear, [x, weight], in: graph))
    context.applied("matmul with a weight made a linear layer", patch)
    return patch
  }

  /// Says that the weight stands first, as in w·x of columns.
  private func reportOrder(of node: Node, in graph: Graph, _ context: inout PassContext) {
    let (weight, x) = (node.operands[0], node.operands[1])
    guard graph.type(of: weight).rank == 2, graph.type(of: x).rank >= 2,
      graph.isKnownBeforeRun(weight)
    else { return }
    context.missed(
      "matmul is no linear layer: its weight \(graph.label(weight)) stands first", node.origin,
      NearMiss(
        .operandOrder, value: graph.label(weight), at: node.origin.location,
        hint: "write matmul(x, weight) with x as rows\(graph.line(of: node)): then the weight is "
          + "packed once"))
  }

  /// Says that only axes of extent 1 keep the weight from being a matrix.
  private func reportRank(
    of node: Node, _ type: TensorType, in graph: Graph, _ context: inout PassContext
  ) {
    let dims = type.shape.dims
    guard dims.count > 2, dims.dropLast(2).allSatisfy({ $0 == 1 }),
      graph.type(of: node.operands[0]).rank >= dims.count,
      !graph.isKnownBeforeRun(node.operands[0])
    else { return }
    let weight = node.operands[1]
    context.missed(
      "matmul is no linear layer: its weight \(graph.label(weight)) has \(dims.count) axes",
      node.origin,
      NearMiss(
        .rank, value: graph.label(weight), at: graph.location(of: weight),
        hint: "declare it as \(TensorType(type.dtype, Shape(Array(dims.suffix(2)))))"))
  }
}
