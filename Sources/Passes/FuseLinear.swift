import Compiler
import IR
import Operators
import Tensors

/// Moves what happens to a product's results into the product, while they are in registers:
/// `gelu(linear(x, w) + b)` → `linear(x, w, b, activation: "gelu")`, and so a factor, a gate's
/// product and a residual: activation(scale · x·Wᵀ + bias) ⊙ multiplier + residual.
public struct FuseLinear: RewritePass {
  public let name = "fuse-linear"
  public let summary =
    "Moves bias, activation, factor, gate and residual into the matrix product before them."

  /// The pass.
  public init() {}

  public func rewrite(_ node: Node, in graph: Graph, context: inout PassContext) throws -> Patch? {
    switch node.op {
    case is Add: try fuseSum(node, in: graph, &context)
    case is Mul: try fuseProduct(node, in: graph, &context)
    case is Div: try fuseQuotient(node, in: graph, &context)
    case let linear as Linear: try fuseFactor(of: linear, node, in: graph, &context)
    default: try fuseActivation(node, in: graph, &context)
    }
  }

  /// A linear layer that gives `value` to nobody but `node`.
  private func candidate(
    _ value: ValueID, for what: String, of node: Node, in graph: Graph,
    _ context: inout PassContext
  ) -> LinearParts? {
    let misses = LinearNearMisses(graph, node, what)
    guard let (producer, op) = graph.producer(of: value, as: Linear.self) else {
      misses.reportMovement(before: value, &context)
      return nil
    }
    guard graph.hasSoleUse(value) else {
      misses.reportUses(of: value, producer, &context)
      return nil
    }
    return LinearParts(producer, op)
  }

  private func finish(
    _ parts: LinearParts, replacing node: Node, _ what: String, in graph: Graph,
    _ context: inout PassContext
  ) throws -> Patch {
    var patch = Patch(rewriting: [parts.node, node])
    patch.replace(node, with: try patch.add(parts.op, parts.operands, in: graph))
    context.applied("\(what) fused into the matrix product", patch)
    return patch
  }

  private func fuseSum(
    _ node: Node, in graph: Graph, _ context: inout PassContext
  ) throws -> Patch? {
    let type = graph.type(of: node.results[0])
    // The later of two products takes the other as its residual: it is there by then.
    let order = node.operands[0] < node.operands[1] ? [1, 0] : [0, 1]
    for i in order {
      let (value, other) = (node.operands[i], node.operands[1 - i])
      guard graph.type(of: value) == type else { continue }
      let otherType = graph.type(of: other)
      if otherType.rank == 1, otherType.shape.dims[0] == type.shape.dims.last {
        guard var parts = candidate(value, for: "bias", of: node, in: graph, &context) else {
          continue
        }
        guard parts.addBias(other) else {
          LinearNearMisses(graph, node, "bias").reportEpilogue(of: parts, &context)
          continue
        }
        return try finish(parts, replacing: node, "bias", in: graph, &context)
      }
      guard otherType == type, value != other else {
        LinearNearMisses(graph, node, "sum").reportShape(of: other, beside: value, &context)
        continue
      }
      guard var parts = candidate(value, for: "residual", of: node, in: graph, &context) else {
        continue
      }
      guard parts.residual == nil else {
        LinearNearMisses(graph, node, "residual").reportEpilogue(of: parts, &context)
        continue
      }
      parts.residual = other
      return try finish(parts, replacing: node, "residual", in: graph, &context)
    }
    return nil
  }

  private func fuseProduct(
    _ node: Node, in graph: Graph, _ context: inout PassContext
  ) throws -> Patch? {
    let type = graph.type(of: node.results[0])
    let order = node.operands[0] < node.operands[1] ? [1, 0] : [0, 1]
    for i in order {
      let (value, other) = (node.operands[i], node.operands[1 - i])
      guard graph.type(of: value) == type, value != other else { continue }
      if let factor = graph.scalar(other) {
        guard var parts = candidate(value, for: "factor", of: node, in: graph, &context) else {
          continue
        }
        guard parts.scale(by: factor) else {
          LinearNearMisses(graph, node, "factor").reportEpilogue(of: parts, &context)
          continue
        }
        return try finish(parts, replacing: node, "factor", in: graph, &context)
      }
      guard graph.type(of: other) == type else {
        LinearNearMisses(graph, node, "factor").reportShape(of: other, beside: value, &context)
        continue
      }
      guard var parts = candidate(value, for: "gate", of: node, in: graph, &context) else {
        continue
      }
      guard parts.residual == nil, parts.multiplier == nil else {
        LinearNearMisses(graph, node, "gate").reportEpilogue(of: parts, &context)
        continue
      }
      parts.multiplier = other
      return try finish(parts, replacing: node, "gate", in: graph, &context)
    }
    return nil
  }

  private func fuseQuotient(
    _ node: Node, in graph: Graph, _ context: inout PassContext
  ) throws -> Patch? {
    guard let divisor = graph.scalar(node.operands[1]), divisor != 0,
      graph.type(of: node.operands[0]) == graph.type(of: node.results[0]),
      var parts = candidate(node.operands[0], for: "divisor", of: node, in: graph, &context)
    else { return nil }
    guard parts.scale(by: 1 / divisor) else {
      LinearNearMisses(graph, node, "divisor").reportEpilogue(of: parts, &context)
      return nil
    }
    return try finish(parts, replacing: node, "divisor", in: graph, &context)
  }

  /// `linear(c · x, w)` → `linear(x, w, scale: c)`
  private func fuseFactor(
    of linear: Linear, _ node: Node, in graph: Graph, _ context: inout PassContext
  ) throws -> Patch? {
    guard let (product, _) = graph.producer(of: node.operands[0], as: Mul.self),
      let at = product.operands.firstIndex(where: { graph.scalar($0) != nil }),
      let factor = graph.scalar(product.operands[at])
    else { return nil }
    let x = product.operands[1 - at]
    guard graph.type(of: x) == graph.type(of: product.results[0]) else { return nil }
    var parts = LinearParts(node, linear)
    parts.x = x
    parts.op.scale *= factor
    var patch = Patch(rewriting: [product, node])
    patch.replace(node, with: try patch.add(parts.op, parts.operands, in: graph))
    context.applied("factor before the matrix product fused into it", patch)
    return patch
  }

  private func fuseActivation(
    _ node: Node, in graph: Graph, _ context: inout PassContext
  ) throws -> Patch? {
    let activation: Activation
    switch node.op {
    case is Relu: activation = .relu
    case let gelu as Gelu: activation = gelu.approximation == .none ? .gelu : .geluTanh
    case is Silu: activation = .silu
    case is Sigmoid: activation = .sigmoid
    case is Tanh: activation = .tanh
    default: return nil
    }
    let name = node.op.name
    guard var parts = candidate(node.operands[0], for: name, of: node, in: graph, &context) else {
      return nil
    }
    guard parts.op.activation == .none, parts.multiplier == nil, parts.residual == nil else {
      LinearNearMisses(graph, node, name).reportEpilogue(of: parts, &context)
      return nil
    }
    parts.op.activation = activation
    return try finish(parts, replacing: node, name, in: graph, &context)
  }
}
