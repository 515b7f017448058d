import Compiler
import IR
import Passes
import Tensors
import Testing

@Suite struct PassPropertyTests {
  /// Tensors for all inputs and parameters of `graph`, whose extents are known.
  private func given(_ graph: Graph, seed: UInt64) throws -> ReferenceInterpreter {
    var random = TestRandom(seed: seed &+ 99)
    var given: [String: Tensor] = [:]
    func fill(_ name: String, _ type: TensorType) throws {
      let dims = try #require(type.shape.values)
      let count = dims.reduce(1, *)
      switch type.dtype {
      case .bool:
        // The first key is always visible: a query that sees none has no meaning to compare.
        given[name] = try Tensor(
          .bool, dims: dims,
          integers: (0..<count).map {
            $0 % (dims.last ?? 1) == 0 ? 1 : Int.random(in: 0...1, using: &random)
          })
      case .i32:
        given[name] = try Tensor(
          .i32, dims: dims, integers: (0..<count).map { _ in .random(in: 0..<16, using: &random) })
      default:
        given[name] = try Tensor(
          type.dtype, dims: dims,
          doubles: (0..<count).map { _ in .random(in: -1..<1, using: &random) })
      }
    }
    for input in graph.inputs {
      if case .input(let name) = input.definition { try fill(name, input.type) }
    }
    for (value, parameter) in graph.parameters { try fill(parameter.name, value.type) }
    return ReferenceInterpreter(given: given)
  }

  /// The largest difference between two runs, as a share of the largest number.
  private func difference(_ a: [String: Tensor], _ b: [String: Tensor]) -> Double {
    var worst = a.keys.sorted() == b.keys.sorted() ? 0 : Double.infinity
    for (name, x) in a {
      guard let y = b[name], x.type == y.type else { return .infinity }
      let size = max(x.doubles.map(\.magnitude).max() ?? 0, 1)
      for (p, q) in zip(x.doubles, y.doubles) where p != q {
        worst = max(worst, (p - q).isNaN ? .infinity : (p - q).magnitude / size)
      }
    }
    return worst
  }

  @Test(arguments: UInt64(0)..<150)
  func `no pass changes what a graph computes`(seed: UInt64) throws {
    let graph = try RandomModel.graph(seed: seed)
    try Verifier.verify(graph)
    let bindings: Bindings =
      seed.isMultiple(of: 3) ? ["batch": 1, "tokens": 1] : ["batch": 2, "tokens": 5]
    // Some graphs are compiled with known extents, as a plan does it.
    var current = seed.isMultiple(of: 2) ? graph : try graph.binding(bindings)
    let interpreter = try given(try graph.binding(bindings), seed: seed)
    func outputs(_ graph: Graph) throws -> [String: Tensor] {
      try interpreter.outputs(of: graph.symbols.isEmpty ? graph : graph.binding(bindings))
    }
    var expected = try outputs(current)
    for pass in Pipeline.standard {
      let (next, _) = try PassHarness.run([pass], on: current)
      let results = try outputs(next)
      let worst = difference(expected, results)
      #expect(worst <= 2e-6, "\(pass.name) at seed \(seed):\n\(current)\n→\n\(next)")
      (current, expected) = (next, results)
    }
    // A second time the pipeline finds nothing.
    let (again, _) = try PassHarness.run(Pipeline.standard, on: current)
    #expect(again.nodes.count == current.nodes.count, "\(current)\n→\n\(again)")
  }

  @Test func `every pass of the pipeline is at work in random graphs`() throws {
    var applied: Set<String> = []
    for seed in UInt64(0)..<150 {
      let graph = try RandomModel.graph(seed: seed)
      let (_, remarks) = try PassHarness.run(Pipeline.standard, on: graph)
      applied.formUnion(remarks.filter { $0.kind == .applied }.map(\.pass))
    }
    let silent = Set(Pipeline.standard.map(\.name)).subtracting(applied)
    #expect(silent == ["widen-storage"])
  }

  @Test func `passes end on graphs whose branches are shared without end`() throws {
    var text = "%x = input \"x\" : f32[2, 8]\n%w = parameter \"w\" = constant(1.0) : f32[8]\n"
    var last = ("%x", "%w")
    for i in 0..<60 {
      text += "%a\(i) = add(\(last.0), \(last.0))\n%b\(i) = mul(\(last.1), \(last.1))\n"
      last = ("%a\(i)", "%b\(i)")
    }
    text += """
      %n = layer_norm(\(last.0))
      %p = softmax(\(last.0))
      %t = matmul(%p, \(last.0)) {transpose_b = true}
      %s = softmax(%t)
      %y = mul(%n, \(last.1))
      output "y" = %y
      output "s" = %s
      """
    let graph = try PassHarness.graph(text)
    _ = try PassHarness.run(Pipeline.standard, on: graph)
  }
}
