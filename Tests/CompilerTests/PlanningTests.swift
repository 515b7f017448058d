import Executor
import IR
import Tensors
import Testing

@testable import Compiler

@Suite struct `Planning` {
  let executor = PlanExecutor(threads: 2)

  func planner(_ graph: Graph, _ weights: TestWeights = TestWeights(), limit: Int = 32) throws
    -> GraphPlanner
  {
    GraphPlanner(
      try PassManager([]).compile(graph), weights: weights, table: try InstructionSet.table(),
      cacheLimit: limit)
  }

  func run(_ planned: PlannedGraph, _ inputs: [Float]...) throws -> [[Float]] {
    let tensors = try zip(inputs, planned.plan.inputs).map { floats, port in
      try Tensor(dims: port.dims, floats: floats)
    }
    return try executor.run(planned.plan, inputs: tensors).map(\.floats)
  }

  func graph(_ type: TensorType, _ body: (inout GraphBuilder, ValueID) throws -> Void) throws
    -> Graph
  {
    var builder = GraphBuilder(name: "main")
    let x = builder.input("x", type)
    try body(&builder, x)
    return builder.graph()
  }

  @Test func `a result overwrites an operand that dies`() throws {
    let graph = try graph(TensorType(.f32, [16])) { builder, x in
      let a = try builder.add(Twice(), [x])[0]
      let b = try builder.add(Twice(), [x])[0]
      let c = try builder.add(Combine(), [a, b])[0]
      builder.output("y", try builder.add(Twice(), [c])[0])
    }
    let planned = try planner(graph).plan(for: [:])
    #expect(planned.inPlaceCount == 1)
    #expect(planned.memory.arenaByteCount == 128)
    #expect(try run(planned, Array(repeating: 1, count: 16)) == [Array(repeating: 13, count: 16)])
  }

  @Test func `an operand that is used later isn't overwritten`() throws {
    let graph = try graph(TensorType(.f32, [4])) { builder, x in
      let a = try builder.add(Twice(), [x])[0]
      let b = try builder.add(Combine(), [a, x])[0]
      let c = try builder.add(Combine(), [b, a])[0]
      builder.output("y", c)
      builder.output("a", a)
    }
    let planned = try planner(graph).plan(for: [:])
    #expect(try run(planned, [1, 2, 3, 4]) == [[7, 12, 17, 22], [3, 5, 7, 9]])
  }

  @Test func `a value added to itself isn't overwritten while it is read`() throws {
    let graph = try graph(TensorType(.f32, [4])) { builder, x in
      let a = try builder.add(Twice(), [x])[0]
      builder.output("y", try builder.add(Combine(), [a, a])[0])
    }
    let planned = try planner(graph).plan(for: [:])
    #expect(planned.inPlaceCount == 0)
    #expect(try run(planned, [1, 2, 3, 4]) == [[6, 10, 14, 18]])
  }

  @Test func `an input is never overwritten`() throws {
    let graph = try graph(TensorType(.f32, [4])) { builder, x in
      builder.output("y", try builder.add(Combine(), [x, x])[0])
    }
    let planned = try planner(graph).plan(for: [:])
    let input = try Tensor(dims: [4], floats: [1, 2, 3, 4])
    #expect(try executor.run(planned.plan, inputs: [input])[0].floats == [2, 4, 6, 8])
    #expect(input.floats == [1, 2, 3, 4])
  }

  @Test func `a view runs nothing and keeps its operand alive`() throws {
    let graph = try graph(TensorType(.f32, [4, 2])) { builder, x in
      let a = try builder.add(Twice(), [x])[0]
      let tail = try builder.add(Rows(2, 2), [a])[0]
      let other = try builder.add(Twice(), [x])[0]
      let head = try builder.add(Rows(0, 2), [other])[0]
      let of = try builder.add(Rows(1, 1), [tail])[0]
      builder.output("sum", try builder.add(Combine(), [tail, head])[0])
      builder.output("of", of)
    }
    let planned = try planner(graph).plan(for: [:])
    #expect(planned.viewCount == 3)
    #expect(planned.steps.map(\.op) == ["test_twice", "test_twice", "test_combine", "copy"])
    #expect(try run(planned, [1, 2, 3, 4, 5, 6, 7, 8]) == [[14, 18, 22, 26], [15, 17]])
  }

  @Test func `a view of an input is read where it is`() throws {
    let graph = try graph(TensorType(.f32, [4, 2])) { builder, x in
      let tail = try builder.add(Rows(3, 1), [x])[0]
      builder.output("y", try builder.add(Twice(), [tail])[0])
    }
    let planned = try planner(graph).plan(for: [:])
    #expect(planned.steps.count == 1)
    #expect(try run(planned, [1, 2, 3, 4, 5, 6, 7, 8]) == [[15, 17]])
  }

  @Test func `outputs that are inputs, constants or each other are copied`() throws {
    let graph = try graph(TensorType(.f32, [2])) { builder, x in
      let constant = builder.constant(try Tensor(dims: [2], floats: [8, 9]))
      let a = try builder.add(Twice(), [x])[0]
      builder.output("a", a)
      builder.output("again", a)
      builder.output("x", x)
      builder.output("constant", constant)
    }
    let planned = try planner(graph).plan(for: [:])
    let outputs = try executor.run(planned.plan, inputs: [try Tensor(dims: [2], floats: [1, 2])])
    #expect(outputs.map(\.floats) == [[3, 5], [3, 5], [1, 2], [8, 9]])
    #expect(Set(outputs.map(\.pointer)).count == 4)
  }

  @Test func `what hangs on weights alone is computed once for all bindings`() throws {
    var builder = GraphBuilder(name: "main")
    let x = builder.input("x", TensorType(.f32, [Dim(symbol: "n"), 2]))
    let w = builder.parameter(Parameter("w"), TensorType(.f32, [4, 2]))
    let doubled = try builder.add(Twice(), [w])[0]
    let row = try builder.add(Rows(1, 1), [doubled])[0]
    builder.output("x", try builder.add(Twice(), [x])[0])
    builder.output("row", row)
    let weights = TestWeights(tensors: [
      "w": try Tensor(dims: [4, 2], floats: (0..<8).map { Float($0) })
    ])
    let planner = try planner(builder.graph(), weights)
    for n in 1...3 {
      let planned = try planner.plan(for: ["n": n])
      #expect(planned.steps.map(\.op) == ["test_twice", "copy"])
      let outputs = try run(planned, Array(repeating: 1, count: 2 * n))
      #expect(outputs == [Array(repeating: 3, count: 2 * n), [5, 7]])
    }
    #expect(weights.asked.count == 1)
  }

  @Test func `plans are kept up to the limit`() throws {
    let graph = try graph(TensorType(.f32, [Dim(symbol: "n")])) { builder, x in
      builder.output("y", try builder.add(Twice(), [x])[0])
    }
    var cache = PlanCache(limit: 2)
    func key(_ n: Int) -> PlanCache.Key { .init(bindings: ["n": n], states: .f32) }
    let planner = try planner(graph)
    for n in [1, 2] { cache[key(n)] = try planner.plan(for: ["n": n]) }
    #expect(cache[key(1)] != nil)
    cache[key(3)] = try planner.plan(for: ["n": 3])
    #expect(cache[key(2)] == nil)
    #expect(cache[key(1)]?.bindings == ["n": 1])
    #expect(cache[key(3)] != nil)
  }

  @Test func `steps know their op, line and cost`() throws {
    let site = Origin.Site(location: SourceLocation(file: "a.weft", line: 7, column: 3))
    let graph = try graph(TensorType(.f32, [5])) { builder, x in
      builder.output("y", try builder.add(Combine(), [x, x], origin: Origin([site]))[0])
    }
    let step = try #require(try planner(graph).plan(for: [:]).steps.first)
    #expect(step.op == "test_combine")
    #expect(step.kernel == "test")
    #expect(step.origin.location?.line == 7)
    #expect(step.cost == Cost(flops: 5, bytesRead: 40, bytesWritten: 20))
  }

  @Test func `an op without a kernel is named with its line`() throws {
    let site = Origin.Site(location: SourceLocation(file: "a.weft", line: 7, column: 3))
    let graph = try graph(TensorType(.f32, [5])) { builder, x in
      builder.output("y", try builder.add(Opaque(), [x], origin: Origin([site]))[0])
    }
    let error = #expect(throws: PlanningError.self) { try planner(graph).plan(for: [:]) }
    #expect(error?.description == "a.weft:7:3: error: there is no kernel for 'test_opaque'")
  }

  @Test(
    arguments: [
      (["m": 3], "there is no dimension 'm'; there is n"),
      ([:], "no value for n; given: nothing"),
      (["n": 0], "dimension 'n' is 0; it must be at least 1"),
    ] as [(Bindings, String)])
  func `wrong bindings are refused`(bindings: Bindings, message: String) throws {
    let graph = try graph(TensorType(.f32, [Dim(symbol: "n")])) { builder, x in
      builder.output("y", try builder.add(Twice(), [x])[0])
    }
    let error = #expect(throws: PlanningError.self) { try planner(graph).plan(for: bindings) }
    #expect(error?.description == message)
  }

  @Test(arguments: [1 << 40, 1 << 58, 1 << 61, Int.max])
  func `dimensions beyond all memory are an error`(n: Int) throws {
    let graph = try graph(TensorType(.f32, [Dim(symbol: "n"), 2])) { builder, x in
      var y = x
      for _ in 0..<6 { y = try builder.add(Combine(), [try builder.add(Twice(), [y])[0], x])[0] }
      builder.output("y", y)
    }
    #expect(throws: (any Error).self) {
      let planned = try planner(graph).plan(for: ["n": n])
      let small = try Tensor(dims: [1], floats: [0])
      _ = try executor.run(planned.plan, inputs: [small])
    }
  }

  @Test func `a weight that is missing or of another shape is named`() throws {
    var builder = GraphBuilder(name: "main")
    builder.output("w", builder.parameter(Parameter("layer.w"), TensorType(.f32, [2])))
    let graph = builder.graph()
    var error = #expect(throws: PlanningError.self) { try planner(graph).plan(for: [:]) }
    #expect(error?.description == "weight 'layer.w': not there")
    let wrong = TestWeights(tensors: ["layer.w": try Tensor(dims: [3], floats: [1, 2, 3])])
    error = #expect(throws: PlanningError.self) { try planner(graph, wrong).plan(for: [:]) }
    #expect(error?.description == "weight 'layer.w' is f32[3], the graph needs f32[2]")
  }

  @Test func `the order with the lower peak is taken`() throws {
    // Breadth first, as given, four branches are alive at once; depth first, two.
    let graph = try graph(TensorType(.f32, [1024])) { builder, x in
      let branches = try (0..<4).map { _ in try builder.add(Twice(), [x])[0] }
      let rows = try branches.map { branch in
        try builder.add(Reduce(), [try builder.add(Twice(), [branch])[0]])[0]
      }
      var sum = rows[0]
      for row in rows.dropFirst() { sum = try builder.add(Combine(), [sum, row])[0] }
      builder.output("y", sum)
    }
    let planned = try planner(graph).plan(for: [:])
    #expect(planned.memory.lowerBound < 3 * 4096)
    #expect(try run(planned, Array(repeating: 1, count: 1024)) == [[28]])
  }
}

/// The first element.
private struct Reduce: Op, KernelProviding {
  static let signature = OpSignature("test_reduce", "An element.", operands: [.required("x")])
  init() {}
  init(_ attributes: Attributes) throws(OpError) {}
  var attributes: Attributes { [:] }
  func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    [TensorType(.f32, [1])]
  }
  func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    KernelBinding(TestKernel(count: 1) { io, _ in io.f(0)[0] }, operands: [0])
  }
}
