import Tensors
import Testing

@testable import IR

@Suite struct PatchTests {
  let type = TensorType(.f32, [2])

  /// x → a → b → c, each `test_many` of the one before.
  func chain() throws -> (Graph, ids: [ValueID]) {
    var builder = GraphBuilder(name: "g")
    var ids = [builder.input("x", type)]
    for name in ["a", "b", "c"] {
      ids += try builder.add(many(), [ids[ids.count - 1]])
      builder.name(ids[ids.count - 1], name)
    }
    builder.output("y", ids[3])
    return (builder.graph(), ids)
  }

  func text(_ graph: Graph) throws -> [String] {
    #expect(Verifier.violations(in: graph).isEmpty)
    return GraphPrinter().text(of: graph).split(separator: "\n").dropFirst().dropLast()
      .map { $0.trimmingPrefix(while: { $0 == " " }) }.map(String.init)
  }

  @Test func `a replaced node goes and its name passes on`() throws {
    let (graph, ids) = try chain()
    var patch = Patch(rewriting: [try #require(graph.producer(of: ids[2]))])
    let new = try patch.add(AddOp(), [ids[1], ids[1]], in: graph)
    patch.replace(ids[2], with: new[0])
    #expect(
      try text(graph.applying([patch])) == [
        "%0 = input \"x\" : f32[2]", "%1 a = test_many(%0) : f32[2]",
        "%2 b = test_add(%1, %1) : f32[2]", "%3 c = test_many(%2) : f32[2]", "output \"y\" = %3",
      ])
  }

  @Test func `no patches give the same graph`() throws {
    for seed in UInt64(0)..<50 {
      let graph = try randomGraph(seed: seed)
      let nodesFirst = try graph.applying([])
      #expect(Verifier.violations(in: nodesFirst).isEmpty)
      #expect(nodesFirst.nodes.count == graph.nodes.count)
      #expect(try difference(nodesFirst.applying([]), nodesFirst) == nil)
    }
  }

  @Test func `a chain of replacements is followed to its end`() throws {
    let (graph, ids) = try chain()
    var first = Patch(origin: Origin())
    first.replace(ids[3], with: ids[2])
    var second = Patch(origin: Origin())
    second.replace(ids[2], with: ids[1])
    let result = try graph.applying([first, second]).pruned()
    #expect(
      try text(result) == [
        "%0 = input \"x\" : f32[2]", "%1 a = test_many(%0) : f32[2]", "output \"y\" = %1",
      ])
  }

  @Test func `a patch may wrap the value that it replaces`() throws {
    let (graph, ids) = try chain()
    var patch = Patch(origin: Origin())
    let wrapped = try patch.add(AddOp(), [ids[1], ids[1]], in: graph)
    patch.replace(ids[1], with: wrapped[0])
    let lines = try text(graph.applying([patch]))
    #expect(lines[1] == "%1 a = test_many(%0) : f32[2]")
    #expect(lines[2] == "%2 a = test_add(%1, %1) : f32[2]")
    #expect(lines[3] == "%3 b = test_many(%2) : f32[2]")
  }

  @Test func `an input may be replaced`() throws {
    let (graph, ids) = try chain()
    var patch = Patch(origin: Origin())
    let scaled = try patch.add(AddOp(), [ids[0], ids[0]], in: graph)
    patch.replace(ids[0], with: scaled[0])
    let lines = try text(graph.applying([patch]))
    #expect(
      lines[0...2] == [
        "%0 = input \"x\" : f32[2]", "%1 x = test_add(%0, %0) : f32[2]",
        "%2 a = test_many(%1) : f32[2]",
      ])
  }

  @Test func `an output that is replaced by an input names the input`() throws {
    let (graph, ids) = try chain()
    var patch = Patch(origin: Origin())
    patch.replace(ids[3], with: ids[0])
    #expect(
      try text(graph.applying([patch]).pruned()) == [
        "%0 = input \"x\" : f32[2]", "output \"y\" = %0",
      ])
  }

  /// q = f(w), r = g(q), k = f(v) with v made after r: merging q and k moves v up.
  @Test func `what a merged node needs moves before its first user`() throws {
    var builder = GraphBuilder(name: "g")
    let x = builder.input("x", type)
    let q = try builder.add(many(), [x])[0]
    let r = try builder.add(many(), [q])[0]
    let v = try builder.add(AddOp(), [x, x])[0]
    let k = try builder.add(many(), [v])[0]
    builder.output("r", r)
    builder.output("k", k)
    let graph = builder.graph()
    var patch = Patch(origin: Origin())
    let both = try patch.add(many(["results": .int(2)]), [x, v], in: graph)
    patch.replace(q, with: both[0])
    patch.replace(k, with: both[1])
    #expect(
      try text(graph.applying([patch])) == [
        "%0 = input \"x\" : f32[2]", "%1 = test_add(%0, %0) : f32[2]",
        "%2, %3 = test_many(%0, %1) {results = 2} : f32[2], f32[2]",
        "%4 = test_many(%2) : f32[2]", "output \"r\" = %4", "output \"k\" = %3",
      ])
  }

  @Test func `one patch may use what another one makes`() throws {
    let (graph, ids) = try chain()
    var first = Patch(origin: Origin())
    first.replace(ids[1], with: try first.add(AddOp(), [ids[0], ids[0]], in: graph)[0])
    var second = Patch(origin: Origin())
    second.replace(ids[3], with: try second.add(AddOp(), [ids[1], ids[2]], in: graph)[0])
    for patches in [[first, second], [second, first]] {
      let lines = try text(graph.applying(patches).pruned())
      #expect(lines.count == 5)
      #expect(lines[3] == "%3 c = test_add(%1, %2) : f32[2]")
    }
  }

  @Test func `mistakes of a pass are refused`() throws {
    let (graph, ids) = try chain()
    var typed = Patch(origin: Origin())
    typed.replace(ids[1], with: typed.constant(try Tensor(zeros: .f32, dims: [3])))
    #expect(throws: PatchError.typeChanged(value: ids[1], from: type, to: TensorType(.f32, [3]))) {
      try graph.applying([typed])
    }
    var twice = Patch(origin: Origin())
    twice.replace(ids[2], with: ids[0])
    #expect(throws: PatchError.replacedTwice(ids[2])) { try graph.applying([twice, twice]) }
    var a = Patch(origin: Origin())
    a.replace(ids[1], with: ids[2])
    #expect(throws: PatchError.cycle(op: "test_many")) { try graph.applying([a]) }
    var b = Patch(origin: Origin())
    b.replace(ids[2], with: ids[1])
    #expect(throws: PatchError.cycle(op: "test_many")) { try graph.applying([a, b]) }
  }

  @Test func `a long chain that must move up doesn't overflow the stack`() throws {
    var builder = GraphBuilder(name: "g")
    let x = builder.input("x", type)
    let early = try builder.add(many(), [x])[0]
    let user = try builder.add(many(), [early])[0]
    var last = x
    for _ in 0..<20_000 { last = try builder.add(many(), [last])[0] }
    builder.output("y", user)
    let graph = builder.graph()
    var patch = Patch(origin: Origin())
    patch.replace(early, with: last)
    let result = try graph.applying([patch])
    #expect(result.nodes.count == 20_001)
    #expect(Verifier.violations(in: result).isEmpty)
  }

  @Test func `every random replacement by an equal type is well-formed or a cycle`() throws {
    var random = TestGenerator(state: 7)
    var applied = 0
    for seed in UInt64(0)..<200 {
      let graph = try randomGraph(seed: seed)
      var patches: [Patch] = []
      for value in graph.values.shuffled(using: &random).prefix(3) {
        let equal = graph.values.filter { $0.type == value.type && $0.id != value.id }
        guard let other = equal.randomElement(using: &random) else { continue }
        var patch = Patch(origin: value.origin)
        let new = try patch.add(many(), [other.id], in: graph)
        patch.replace(value.id, with: Bool.random(using: &random) ? new[0] : .existing(other.id))
        patches.append(patch)
      }
      let made = Result { () throws(PatchError) in try graph.applying(patches) }
      switch made {
      case .success(let result):
        #expect(Verifier.violations(in: result).isEmpty)
        #expect(Verifier.violations(in: result.pruned()).isEmpty)
        applied += 1
      case .failure(let error):
        #expect(error.description.contains("its own result"))
      }
    }
    #expect(applied > 60)
  }
}
