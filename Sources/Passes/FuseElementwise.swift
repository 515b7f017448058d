import Compiler
import IR
import Operators

/// Runs chains of elementwise ops as one, block by block in the first-level cache:
/// `tanh(a * b + c)` → `elementwise(a, b, c, program: "t0 = mul(a0, a1); t1 = add(t0, a2); tanh(t1)")`.
public struct FuseElementwise: Pass {
  public let name = "fuse-elementwise"
  public let summary = "Runs chains of elementwise ops as one."

  /// The pass.
  public init() {}

  public func run(on graph: Graph, context: inout PassContext) throws -> [Patch] {
    var patches: [Patch] = []
    var taken: Set<NodeID> = []
    // From the end, so that a chain is grown from its last op and taken whole.
    for node in graph.nodes.reversed() where !taken.contains(node.id) {
      guard var chain = ElementwiseChain(node), !isKnown(node, in: graph) else { continue }
      var members = [node]
      while let (grown, producer) = grow(chain, members, in: graph, &context) {
        chain = grown
        members.append(producer)
      }
      guard members.count > 1 else { continue }
      taken.formUnion(members.map(\.id))
      members.sort { $0.id < $1.id }
      var patch = Patch(rewriting: members)
      patch.replace(node, with: try patch.add(chain.op, chain.operands, in: graph))
      context.applied("\(members.count) elementwise nodes fused", patch)
      patches.append(patch)
    }
    return patches
  }

  /// What hangs on weights alone is computed once, not in every run.
  private func isKnown(_ node: Node, in graph: Graph) -> Bool {
    node.results.allSatisfy { graph.isKnownBeforeRun($0) }
  }

  /// The chain with one more producer in it.
  private func grow(
    _ chain: ElementwiseChain, _ members: [Node], in graph: Graph, _ context: inout PassContext
  ) -> (ElementwiseChain, Node)? {
    guard let last = members.first else { return nil }
    let shape = graph.type(of: last.results[0]).shape
    for value in chain.operands {
      guard let producer = graph.producer(of: value), let own = ElementwiseChain(producer),
        !isKnown(producer, in: graph)
      else { continue }
      let readers = graph.users[value.index]
      guard !graph.isOutput(value), readers.allSatisfy({ id in members.contains { $0.id == id } })
      else {
        context.missed(
          "\(producer.op.name) not fused into \(last.op.name): "
            + "\(graph.label(value)) has \(graph.useCount(of: value)) uses", producer.origin)
        continue
      }
      guard graph.type(of: value).shape == shape else {
        context.missed(
          "\(producer.op.name) not fused into \(last.op.name): its result is stretched from "
            + "\(graph.type(of: value)), and would be computed again for every copy",
          producer.origin)
        continue
      }
      guard let grown = chain.absorbing(own, of: value) else {
        context.missed(
          "\(producer.op.name) not fused into \(last.op.name): the program would grow too long",
          producer.origin)
        continue
      }
      return (grown, producer)
    }
    return nil
  }
}
