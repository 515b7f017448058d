import Executor
import IR
import Operators
import Tensors
import Testing

@testable import Compiler

@Suite struct `Memory told beforehand` {
  @Test(arguments: 0..<60)
  func `a sketch without weights knows the plan's lower bound`(seed: Int) throws {
    var random = Generator(seed: seed)
    let graph = try RandomGraphs.graph(&random)
    let weights = TestWeights(tensors: ["w": try Tensor(zeros: .f32, dims: [6, 3])])
    let planner = GraphPlanner(
      try PassManager([]).compile(graph), weights: weights, table: try InstructionSet.table())
    let bindings: Bindings = ["n": 1 + random.next(40)]
    let planned = try planner.plan(for: bindings)
    let sketch = try MemorySketch(of: planner.compiled.graph, bindings: bindings)
    #expect(sketch.lowerBound == planned.memory.lowerBound)
    #expect(sketch.steps == planned.steps.count)
  }

  @Test func `a search finds an order with a lower peak than greed`() throws {
    var builder = GraphBuilder(name: "main")
    let (small, large) = (
      builder.input("small", TensorType(.f32, [100])),
      builder.input("large", TensorType(.f32, [1000]))
    )
    let copy = try builder.add(Twice(), [small])[0]
    let wide = try builder.add(Twice(), [large])[0]
    let sum = try builder.add(ReduceSum(), [wide])[0]
    builder.output("copy", copy)
    builder.output("sum", sum)
    let graph = builder.graph()
    let bytes = graph.values.map { $0.id == small || $0.id == large ? 0 : 4 * $0.type.elements }
    // Greed takes the small result first, and holds it beside the large one.
    let greedy = Scheduler.greedyOrder(graph.nodes, of: graph, bytes: bytes)
    #expect(greedy.map(\.id.index) == [0, 1, 2])
    let searched = Scheduler.searchedOrder(graph.nodes, of: graph, bytes: bytes)
    #expect(searched.map(\.id.index) == [1, 2, 0])
  }

  @Test(arguments: 0..<40)
  func `a search gives an order in which nodes can run, with the same results`(seed: Int) throws {
    var random = Generator(seed: seed)
    let compiled = try PassManager([]).compile(RandomGraphs.graph(&random))
    let weights = TestWeights(
      tensors: ["w": try Tensor(dims: [6, 3], floats: (0..<18).map { Float($0) })])
    let n = 1 + random.next(9)
    let input = try Tensor(dims: [6, n], floats: (0..<6 * n).map { Float($0) })
    var results: [[[Float]]] = []
    for order in [NodeOrder.quick, .searched] {
      let planner = GraphPlanner(
        compiled, weights: weights, table: try InstructionSet.table(), order: order)
      let planned = try planner.plan(for: ["n": n])
      results.append(
        try PlanExecutor(threads: 1).run(planned.plan, inputs: [input]).map(\.floats))
    }
    #expect(results[0] == results[1])
  }

  @Test func `what is only promised is never written`() throws {
    let packed = PackedWeights(threads: 2, onlyPromises: true)
    let tensor = try Tensor(dims: [4], floats: [1, 2, 3, 4])
    let storage = try packed.storage(for: [tensor], layout: "test", byteCount: 100, pieces: 4) {
      _, _ in Issue.record("written")
    }
    #expect(storage.byteCount == 100)
    #expect(packed.finish().byteCount == 0)
    let wide = try packed.converted(tensor, to: .f16)
    #expect(wide.dtype == .f16)
    #expect(packed.promises.map(\.byteCount) == [100, 8])
    #expect(packed.promises.map { $0.sources.map(\.bytes) } == [[0..<16], [0..<16]])
    #expect(packed.byteCount == 108)
  }

  @Test func `alive bytes are those of all buffers that are alive`() {
    let plan = MemoryPlanner.plan([
      LiveInterval(byteCount: 64, first: 0, last: 1),
      LiveInterval(byteCount: 128, first: 1, last: 2),
      LiveInterval(byteCount: 256, first: 3, last: 9),
    ])
    #expect(plan.alive(in: 5) == [64, 192, 128, 256, 256])
  }
}

extension TensorType {
  fileprivate var elements: Int { shape.values?.reduce(1, *) ?? 0 }
}

private typealias RandomGraphs = `Random graphs`
