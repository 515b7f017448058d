import Executor
import IR
import Tensors
import Testing

@testable import Compiler

/// Graphs of test ops, planned and run, against their references.
@Suite struct `Random graphs` {
  @Test(arguments: 0..<120)
  func `a plan computes what the references compute`(seed: Int) throws {
    var random = Generator(seed: seed)
    let graph = try Self.graph(&random)
    let weights = TestWeights(
      tensors: ["w": try Tensor(dims: [6, 3], floats: (0..<18).map { Float($0) / 4 })])
    let planner = GraphPlanner(
      try PassManager([]).compile(graph), weights: weights, table: try InstructionSet.table())
    let n = 1 + random.next(40)
    let planned = try planner.plan(for: ["n": n])
    let input = try Tensor(dims: [6, n], floats: (0..<6 * n).map { Float($0 % 11) - 5 })
    let expected = try Self.reference(planned.graph, ["x": input], weights.tensors)
    for threads in [1, 2, 5] {
      let outputs = try PlanExecutor(threads: threads).run(planned.plan, inputs: [input])
      for (found, wanted) in zip(outputs, expected) {
        #expect(found.dims == wanted.dims)
        #expect(found.floats == wanted.floats)
      }
    }
    #expect(planned.memory.ratio <= 1.15)
    #expect(planned.plan.steps.count == planned.steps.count)
  }

  static func graph(_ random: inout Generator) throws -> Graph {
    var builder = GraphBuilder(name: "main")
    let n = Dim(symbol: "n")
    var pool = [
      builder.input("x", TensorType(.f32, [6, n])),
      builder.parameter(Parameter("w"), TensorType(.f32, [6, 3])),
    ]
    for _ in 0..<3 + random.next(25) {
      let x = pool[random.next(pool.count)]
      let type = builder.type(of: x)
      switch random.next(4) {
      case 0: pool += try builder.add(Twice(), [x])
      case 1:
        let rows = type.shape.dims[0].value ?? 1
        let start = random.next(rows)
        pool += try builder.add(Rows(start, 1 + random.next(rows - start)), [x])
      default:
        let partners = pool.filter { builder.type(of: $0) == type }
        pool += try builder.add(Combine(), [x, partners[random.next(partners.count)]])
      }
    }
    for i in 0..<1 + random.next(4) { builder.output("y\(i)", pool[random.next(pool.count)]) }
    return builder.graph().pruned()
  }

  static func reference(
    _ graph: Graph, _ inputs: [String: Tensor], _ weights: [String: Tensor]
  ) throws -> [Tensor] {
    var tensors: [ValueID: Tensor] = [:]
    for value in graph.values {
      switch value.definition {
      case .input(let name): tensors[value.id] = inputs[name]
      case .parameter(let parameter): tensors[value.id] = weights[parameter.name]
      case .constant(let tensor): tensors[value.id] = tensor
      case .state, .result: break
      }
    }
    for node in graph.nodes {
      let operands = node.operands.compactMap { tensors[$0] }
      if let rows = node.op as? Rows {
        let width = operands[0].dims[1]
        let floats = operands[0].floats[rows.start * width..<(rows.start + rows.count) * width]
        tensors[node.results[0]] = try Tensor(dims: [rows.count, width], floats: Array(floats))
      } else if let op = node.op as? any Evaluable {
        for (value, tensor) in zip(node.results, try op.evaluate(operands)) {
          tensors[value] = tensor
        }
      }
    }
    return graph.outputs.compactMap { tensors[$0.value] }
  }
}
