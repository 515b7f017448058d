import IR
import Tensors
import Testing

@testable import Compiler

@Suite struct `Passes` {
  /// Twice(Twice(... x)), `depth` times, and a dead node.
  func chain(_ depth: Int) throws -> Graph {
    var builder = GraphBuilder(name: "main")
    let x = builder.input("x", TensorType(.f32, [4]))
    var y = x
    for _ in 0..<depth { y = try builder.add(Twice(), [y])[0] }
    try builder.add(Opaque(), [x])
    builder.output("y", y)
    return builder.graph()
  }

  @Test func `passes run in order, and are counted`() throws {
    let compiled = try PassManager([Halve(), Keep()]).compile(
      try chain(8), snapshots: ["halve", "input"])
    let report = compiled.report
    #expect(compiled.source.nodes.count == 9)
    #expect(compiled.graph.nodes.count == 1)
    #expect(report.passes.map(\.pass) == ["halve", "keep"])
    #expect(report.passes[0].nodesBefore == 8)
    #expect(report.passes[0].nodesAfter == 1)
    #expect(report.passes[0].patches == 7)
    #expect(report.passes[1].patches == 0)
    #expect(report.passes[1].sweeps == 0)
    #expect(report.snapshots["input"]?.nodes.count == 8)
    #expect(report.snapshots["halve"]?.nodes.count == 1)
  }

  @Test func `a remark is told once, a near miss only where it is final`() throws {
    let compiled = try PassManager([Halve()]).compile(try chain(4))
    let remarks = compiled.report.remarks
    #expect(remarks.filter { $0.kind == .applied }.map(\.message) == ["halved"])
    #expect(remarks.filter { $0.kind == .missed }.map(\.message) == ["1 left"])
  }

  @Test func `an unknown snapshot lists the passes`() throws {
    let error = #expect(throws: CompilationError.self) {
      try PassManager([Halve()]).compile(try chain(1), snapshots: ["halv"])
    }
    #expect(error?.description == "there is no pass 'halv'; there are input, halve")
  }

  @Test func `a pass that never settles is stopped and named`() throws {
    let error = #expect(throws: CompilationError.self) {
      try PassManager([Forever()]).compile(try chain(2))
    }
    guard case .unsettled("forever") = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func `a pass that grows the graph without end is stopped`() throws {
    let error = #expect(throws: CompilationError.self) {
      try PassManager([Grow()]).compile(try chain(2))
    }
    guard case .unsettled("grow") = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func `a rewrite that changes a type is refused`() throws {
    let error = #expect(throws: CompilationError.self) {
      try PassManager([WrongType()]).compile(try chain(2))
    }
    guard case .patch("wrong-type", .typeChanged) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func `what a pass throws names the pass`() throws {
    let error = #expect(throws: CompilationError.self) {
      try PassManager([Throwing()]).compile(try chain(2))
    }
    #expect(error?.description == "pass 'throwing' failed: not there")
  }
}

/// Takes one of two Twice in a row away.
private struct Halve: RewritePass {
  let name = "halve"
  let summary = "Takes one of two away."

  func rewrite(_ node: Node, in graph: Graph, context: inout PassContext) throws -> Patch? {
    guard node.op is Twice else { return nil }
    guard let inner = graph.producer(of: node.operands[0]) else {
      context.missed("\(graph.nodes.count) left", node.origin)
      return nil
    }
    var patch = Patch(rewriting: [node, inner])
    patch.replace(node.results[0], with: inner.results[0])
    context.applied("halved", node.origin)
    return patch
  }
}

private struct Keep: Pass {
  let name = "keep"
  let summary = "Nothing."
  func run(on graph: Graph, context: inout PassContext) throws -> [Patch] { [] }
}

/// Replaces the last node by an equal one.
private struct Forever: Pass {
  let name = "forever"
  let summary = "Goes on."
  func run(on graph: Graph, context: inout PassContext) throws -> [Patch] {
    var patch = Patch(rewriting: [graph.nodes[0]])
    patch.replace(graph.nodes[0], with: try patch.add(Twice(), graph.nodes[0].operands, in: graph))
    return [patch]
  }
}

/// Puts another node behind every node.
private struct Grow: Pass {
  let name = "grow"
  let summary = "Grows."
  func run(on graph: Graph, context: inout PassContext) throws -> [Patch] {
    try graph.nodes.map { node in
      var patch = Patch(rewriting: [node])
      let inner = try patch.add(Twice(), node.operands, in: graph)
      patch.replace(node, with: try patch.add(Twice(), inner, in: graph))
      return patch
    }
  }
}

private struct WrongType: Pass {
  let name = "wrong-type"
  let summary = "Breaks."
  func run(on graph: Graph, context: inout PassContext) throws -> [Patch] {
    var patch = Patch(rewriting: [graph.nodes[0]])
    patch.replace(
      graph.nodes[0].results[0], with: patch.constant(try Tensor(dims: [1], floats: [1])))
    return [patch]
  }
}

private struct Throwing: Pass {
  let name = "throwing"
  let summary = "Throws."
  func run(on graph: Graph, context: inout PassContext) throws -> [Patch] {
    throw TestWeights.Missing()
  }
}
