import IR
import Tensors

extension MatMul: Canonicalizable {
  /// A transposed operand is read as it lies, and the product with a weight is a linear layer.
  ///
  ///     matmul(a, transpose(b))        →  matmul(a, b) {transpose_b = true}
  ///     matmul(x, weight: [n, m])      →  linear(x, weight) {transposed = true}
  public func canonicalized(_ node: Node, in graph: Graph) throws(OpError) -> Patch? {
    for i in 0..<2 {
      guard let inner = graph.transposing(node.operands[i]) else { continue }
      var turned = self
      if i == 0 { turned.transposesA.toggle() } else { turned.transposesB.toggle() }
      var operands = node.operands
      operands[i] = inner.operands[0]
      var patch = Patch(rewriting: [inner, node])
      patch.replace(node, with: try patch.add(turned, operands, in: graph))
      return patch
    }
    guard !transposesA, graph.type(of: node.operands[1]).rank == 2,
      graph.isWeight(node.operands[1])
    else { return nil }
    var patch = Patch(rewriting: [node])
    patch.replace(
      node, with: try patch.add(Linear(transposed: !transposesB), node.operands, in: graph))
    return patch
  }
}

extension Linear: Canonicalizable {
  /// A transposed weight is read as it lies.
  ///
  ///     linear(x, transpose(weight))  →  linear(x, weight) {transposed = true}
  public func canonicalized(_ node: Node, in graph: Graph) throws(OpError) -> Patch? {
    guard let inner = graph.transposing(node.operands[1]) else { return nil }
    var turned = self
    turned.transposed.toggle()
    var operands = node.operands
    operands[1] = inner.operands[0]
    var patch = Patch(rewriting: [inner, node])
    patch.replace(node, with: try patch.add(turned, operands, in: graph))
    return patch
  }
}

extension Graph {
  /// The node that gives `value` by swapping its operand's last two axes and no others.
  fileprivate func transposing(_ value: ValueID) -> Node? {
    guard let node = producer(of: value), let transpose = node.op as? Transpose,
      let axes = try? transpose.axes(of: type(of: node.operands[0])), axes.count >= 2
    else { return nil }
    var swapped = Array(axes.indices)
    swapped.swapAt(axes.count - 2, axes.count - 1)
    return axes == swapped ? node : nil
  }
}
