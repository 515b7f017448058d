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
      reportMovements(chain, node, in: graph, &context)
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
      let misses = Misses(graph: graph, producer: producer, value: value, last: last)
      guard !graph.isOutput(value), readers.allSatisfy({ id in members.contains { $0.id == id } })
      else {
        misses.reportUses(besides: members, &context)
        continue
      }
      guard graph.type(of: value).shape == shape else {
        misses.reportStretching(&context)
        continue
      }
      guard let grown = chain.absorbing(own, of: value) else {
        misses.reportLength(&context)
        continue
      }
      return (grown, producer)
    }
    return nil
  }

  /// Says that a reshape keeps two chains apart.
  private func reportMovements(
    _ chain: ElementwiseChain, _ last: Node, in graph: Graph, _ context: inout PassContext
  ) {
    for value in chain.operands {
      guard let movement = graph.soleMovement(giving: value), movement.op is Reshape,
        let producer = graph.producer(of: movement.operands[0]),
        ElementwiseChain(producer) != nil, !isKnown(producer, in: graph),
        graph.type(of: value).shape == graph.type(of: last.results[0]).shape
      else { continue }
      context.missed(
        "\(producer.op.name) not fused into \(last.op.name): reshape stands between them",
        producer.origin,
        graph.standing(
          movement, of: value,
          hint: "reshape before '\(producer.op.name)'\(graph.line(of: producer)), not after it"
            + graph.line(of: movement)))
    }
  }

  /// What keeps `producer`, which gives `value`, out of the chain that ends with `last`.
  private struct Misses {
    let graph: Graph
    let producer: Node
    let value: ValueID
    let last: Node

    private var subject: String { "\(producer.op.name) not fused into \(last.op.name): " }

    /// A value that something else than an elementwise op reads stands in memory anyway: no miss.
    func reportUses(besides members: [Node], _ context: inout PassContext) {
      let others = graph.users[value.index].map { graph[$0] }
        .filter { user in !members.contains { $0.id == user.id } }
      guard others.allSatisfy({ ElementwiseChain($0) != nil }) else { return }
      let isOutput = others.isEmpty
      context.missed(
        subject + "\(graph.label(value)) has \(graph.useCount(of: value)) uses", producer.origin,
        graph.sharing(
          of: value, besides: members,
          hint: isOutput
            ? "without the output it would never stand in memory"
            : "nothing to change where all of them are needed: it is written once and read by each")
      )
    }

    func reportStretching(_ context: inout PassContext) {
      context.missed(
        subject + "its result is stretched from \(graph.type(of: value)), and would be computed "
          + "again for every copy", producer.origin,
        NearMiss(
          .sameShape, value: graph.label(value), at: producer.origin.location,
          hint: "nothing to change: \(graph.type(of: value)) is small beside "
            + "\(graph.type(of: last.results[0])), and computed once"))
    }

    func reportLength(_ context: inout PassContext) {
      context.missed(
        subject + "the program would grow too long", producer.origin,
        NearMiss(
          .limit, value: graph.label(value), at: producer.origin.location,
          hint:
            "a chain has at most \(ElementwiseProgram.maximumInstructions) ops and reads at most "
            + "\(ElementwiseProgram.maximumOperands) values; the rest runs as a second step"))
    }
  }
}
