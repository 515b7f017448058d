import IR
import Tensors
import Testing

@testable import Compiler

@Suite struct LineageTests {
  private func stories(_ passes: [any Pass], of graph: Graph) throws -> [Lineage.Story] {
    let compiled = try PassManager(passes).compile(graph, tracingLineage: true)
    return try #require(compiled.lineage).stories
  }

  /// `twice` nodes one after the other, and one that no output hangs on.
  private func chain(_ count: Int) throws -> Graph {
    var builder = GraphBuilder(name: "main")
    let x = builder.input("x", TensorType(.f32, [4]))
    var y = x
    for _ in 0..<count { y = try builder.add(Twice(), [y])[0] }
    try builder.add(Twice(), [x])
    builder.output("y", y)
    return builder.graph()
  }

  @Test func `nothing is traced unless it is asked for`() throws {
    #expect(try PassManager([Join()]).compile(try chain(2)).lineage == nil)
  }

  @Test func `without a rewrite a node stands for itself`() throws {
    let stories = try stories([], of: try chain(2))
    #expect(stories.map(\.nodes) == [[NodeID(0)], [NodeID(1)], []])
    #expect(stories[0].events.isEmpty)
    #expect(
      stories[2].events
        == [.init(pass: "input", message: "no output hangs on it", change: .dropped)])
  }

  @Test func `what is fused is found in the node that stands for it`() throws {
    let stories = try stories([Join()], of: try chain(3))
    // The first two are joined, what they are with the third.
    #expect(stories[0].nodes == [NodeID(0)])
    #expect(stories[1].nodes == stories[0].nodes)
    #expect(stories[2].nodes == stories[0].nodes)
    #expect(stories[0].events.map(\.message) == ["joined", "joined"])
    #expect(stories[2].events.map(\.message) == ["joined"])
    #expect(stories[0].events.allSatisfy { $0.pass == "join" && $0.change == .rewritten })
  }

  @Test func `a node that others use, too, goes on beside what it became a part of`() throws {
    var builder = GraphBuilder(name: "main")
    let x = builder.input("x", TensorType(.f32, [4]))
    let shared = try builder.add(Twice(), [x])[0]
    builder.output("y", try builder.add(Twice(), [shared])[0])
    builder.output("shared", shared)
    let stories = try stories([Join()], of: builder.graph())
    #expect(stories[0].nodes.count == 2)
    #expect(stories[1].nodes.count == 1)
    #expect(stories[0].nodes.contains(stories[1].nodes[0]))
  }

  @Test func `constants and values that were there end a story`() throws {
    var builder = GraphBuilder(name: "main")
    let x = builder.input("x", TensorType(.f32, [4]))
    let y = try builder.add(Twice(), [x])[0]
    builder.output("y", try builder.add(Twice(), [y])[0])
    let graph = builder.graph()
    let folded = try stories([Replace(withConstant: true)], of: graph)
    #expect(folded[1].nodes.isEmpty)
    #expect(folded[1].events.last?.change == .folded)
    #expect(folded[0].events.last?.change == .dropped)
    let replaced = try stories([Replace(withConstant: false)], of: graph)
    #expect(replaced[1].nodes.isEmpty)
    #expect(replaced[1].events.last?.change == .replaced)
    #expect(replaced[0].nodes == [NodeID(0)])
  }

  @Test func `what only serves a rewrite is no part of the story`() throws {
    let stories = try stories([Surround()], of: try chain(1))
    #expect(stories[0].nodes.count == 1)
    #expect(stories[0].helpers.count == 1)
  }
}

/// The first two Twice in a row as one Joined, which the next one joins in the next sweep.
private struct Join: RewritePass {
  let name = "join"
  let summary = "Joins two."

  func rewrite(_ node: Node, in graph: Graph, context: inout PassContext) throws -> Patch? {
    guard node.op is Twice, let inner = graph.producer(of: node.operands[0]),
      inner.op is Joined || graph.producer(of: inner.operands[0]) == nil
    else { return nil }
    var patch = Patch(rewriting: [inner, node])
    patch.replace(node, with: try patch.add(Joined(), inner.operands, in: graph))
    context.applied("joined", patch)
    return patch
  }
}

private struct Joined: Op {
  static let signature = OpSignature(
    "joined", "Several.", category: .matrixProduct, operands: [.required("x")])

  init() {}
  init(_ attributes: Attributes) throws(OpError) {}
  var attributes: Attributes { [:] }
  func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] { operands }
}

private struct Moved: Op {
  static let signature = OpSignature(
    "moved", "The same.", category: .movement, operands: [.required("x")])

  init() {}
  init(_ attributes: Attributes) throws(OpError) {}
  var attributes: Attributes { [:] }
  func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] { operands }
}

/// Puts something that only moves elements after what does the work.
private struct Surround: RewritePass {
  let name = "surround"
  let summary = "Moves the result."

  func rewrite(_ node: Node, in graph: Graph, context: inout PassContext) throws -> Patch? {
    guard node.op is Twice else { return nil }
    var patch = Patch(rewriting: [node])
    let result = try patch.add(Joined(), node.operands, in: graph)
    patch.replace(node, with: try patch.add(Moved(), result, in: graph))
    context.applied("surrounded", patch)
    return patch
  }
}

/// Replaces the last node by a constant, or by its operand.
private struct Replace: Pass {
  let name = "replace"
  let summary = "Replaces the last node."
  let withConstant: Bool

  init(withConstant: Bool) { self.withConstant = withConstant }

  func run(on graph: Graph, context: inout PassContext) throws -> [Patch] {
    guard let node = graph.nodes.last, graph.nodes.count == 2 else { return [] }
    var patch = Patch(rewriting: [node])
    if withConstant {
      patch.replace(
        node.results[0], with: patch.constant(try Tensor(dims: [4], floats: [1, 2, 3, 4])))
    } else {
      patch.replace(node.results[0], with: node.operands[0])
    }
    context.applied("replaced", patch)
    return [patch]
  }
}
