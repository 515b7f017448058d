import Foundation
import Testing
import Weft

@testable import Plugins

/// Ops of the examples in C, C++ and Rust, as graph files use them.
@Suite struct PluginOpTests {
  private func registry(_ path: String) throws -> Registry {
    try Registry([StandardPlugin(), PluginLibrary.open(path)])
  }

  private func model(_ text: String, _ registry: Registry) throws -> Model {
    let (model, diagnostics) = GraphLanguage.elaborate(
      text, name: "m.weft", ElaborationOptions(ops: registry.ops))
    guard let model else { throw GraphFileError(diagnostics: diagnostics) }
    return try Model(model, weights: .random(seed: 3), registry: registry)
  }

  /// Runs an example's graph file, and compares it with the references of its ops.
  private func expectReference(
    _ file: String, _ registry: Registry, _ bindings: Bindings, tolerance: Double
  ) throws {
    let model = try Model(
      ModelSource(file: PluginCompiler.root.appending(path: file)), weights: .random(seed: 3),
      registry: registry)
    let entry = try model.entry()
    let inputs = try entry.randomInputs(bindings: bindings, seed: 5)
    let outputs = try entry.run(inputs)
    var given = inputs
    let graph = model.definition.entries[0]
    for (value, parameter) in graph.parameters {
      given[parameter.name] =
        try RandomWeights(seed: 3).weight(for: parameter, type: value.type).tensor
    }
    let expected = try GraphInterpreter.outputs(of: graph.binding(bindings), given: given)
    for (name, tensor) in outputs {
      let other = try #require(expected[name]).doubles
      #expect(tensor.doubles.count == other.count)
      for (x, y) in zip(tensor.doubles, other) {
        #expect(abs(x - y) <= tolerance * max(1, abs(y)), "\(name): \(x) and \(y)")
      }
    }
  }

  @Test func `ops in C compute what their references say`() throws {
    try expectReference(
      "Examples/PluginInC/example.weft", registry(PluginCompiler.activations.get()),
      ["batch": 3, "tokens": 37], tolerance: 1e-5)
  }

  @Test func `ops in C++ compute what their references say`() throws {
    let compiler = try #require(PluginCompiler.program("clang++", "c++"))
    let path = try PluginCompiler.library(
      "Examples/PluginInCpp/distances.cpp",
      ["-std=c++17", "-Wpedantic", "-fno-exceptions", "-fno-rtti"], compiler: compiler)
    try expectReference(
      "Examples/PluginInCpp/example.weft", registry(path), ["count": 21], tolerance: 0)
  }

  @Test(.enabled(if: PluginCompiler.program("rustc") != nil, "needs rustc"))
  func `ops in Rust compute what their references say`() throws {
    let path = try PluginCompiler.library(
      "Examples/PluginInRust/softsign.rs",
      ["-O", "-C", "panic=abort", "--edition", "2021", "--crate-type", "cdylib"],
      compiler: PluginCompiler.program("rustc"), isWhole: true)
    try expectReference(
      "Examples/PluginInRust/example.weft", registry(path), ["batch": 77], tolerance: 1e-6)
  }

  @Test func `an elementwise op joins its neighbours`() throws {
    let model = try model(
      """
      model M {
        input x: f32[n, 64]

        output y = snake(x + 1.0, alpha: 0.5) * 2.0
      }
      """, registry(PluginCompiler.activations.get()))
    let nodes = try model.entry().compiled().graph.nodes
    #expect(nodes.count == 1)
    let op = try #require(nodes[0].op as? FusedElementwise)
    #expect("\(op.program)" == "t0 = add(a0, a1); t1 = snake(t0, alpha: 0.5); mul(t1, a2)")
    let plan = try model.entry().plan(for: ["n": 100])
    #expect(plan.steps.count == 1)
    #expect(plan.steps[0].kernel.hasPrefix("f32-add+snake+mul-"))
  }

  @Test func `a fused program with a plugin's op is read as it was printed`() throws {
    let registry = try registry(PluginCompiler.activations.get())
    let model = try model(
      """
      model M {
        input x: f32[n, 64]
        output y = snake(x + 1.0, alpha: 0.5) * 2.0
      }
      """, registry)
    let graph = try model.entry().compiled().graph
    let text = GraphPrinter.exact.text(of: graph)
    let again = try GraphParser.graph(from: text, ops: registry.ops)
    #expect(GraphPrinter.exact.text(of: again) == text)
    let x = try Tensor(dims: [2, 64], floats: (0..<128).map { Float($0) / 16 - 4 })
    let first = try GraphInterpreter.outputs(of: graph.binding(["n": 2]), given: ["x": x])
    let second = try GraphInterpreter.outputs(of: again.binding(["n": 2]), given: ["x": x])
    #expect(first["y"] != nil && first["y"]?.doubles == second["y"]?.doubles)
    // Without the plugin its op is none.
    #expect(throws: GraphTextError.self) {
      try GraphParser.graph(from: text, ops: Registry.standard().ops)
    }
  }

  @Test func `an operand may stand several times`() throws {
    let path = try PluginCompiler.library("Tests/PluginsTests/C/mean.c", ["-std=c11"])
    let registry = try registry(path)
    let model = try model(
      """
      model M {
        input x: f32[n, 3]
        input y: f32[n, 3]
        output one = mean(x)
        output two = mean(x, y)
        output five = mean(x, y, x, y, y)
      }
      """, registry)
    let x = try Tensor(dims: [2, 3], floats: [0, 1, 2, 3, 4, 5])
    let y = try Tensor(dims: [2, 3], floats: [5, 5, 5, 5, 5, 5])
    let outputs = try model.entry().run(["x": x, "y": y])
    #expect(outputs["one"]?.floats == [0, 1, 2, 3, 4, 5])
    #expect(outputs["two"]?.floats == [2.5, 3, 3.5, 4, 4.5, 5])
    #expect(outputs["five"]?.floats == [3, 3.4, 3.8, 4.2, 4.6, 5])
    let graph = model.definition.entries[0]
    let expected = try GraphInterpreter.outputs(
      of: graph.binding(["n": 2]), given: ["x": x, "y": y])
    #expect(expected["two"]?.doubles == outputs["two"]?.doubles)
    let mean = try #require(registry.ops["mean"]).make([:])
    let type = TensorType(.f32, [2])
    #expect(try mean.resultTypes(Array(repeating: type, count: 16)) == [type])
    let error = #expect(throws: OpError.self) {
      try mean.resultTypes(Array(repeating: type, count: 17))
    }
    #expect(
      try "\(#require(error))".contains("16 operands at most"), "\(String(describing: error))")
    let other = #expect(throws: OpError.self) {
      try mean.resultTypes([type, TensorType(.i32, [2])])
    }
    guard case .dtype(operand: 1, _)? = other else {
      Issue.record("\(String(describing: other))")
      return
    }
  }

  @Test func `an elementwise op widens 16 bits and broadcasts`() throws {
    let snake = try ForeignPlugin(path: PluginCompiler.activations.get()).ops[0].make([:])
    let x = TensorType(.f16, [Dim(symbol: "n"), 3])
    #expect(try snake.resultTypes([x]) == [x])
    #expect(throws: OpError.self) { try snake.resultTypes([TensorType(.i32, [3])]) }
  }

  @Test func `errors show the line and the operand`() throws {
    let registry = try registry(PluginCompiler.activations.get())
    func message(_ line: String) throws -> String {
      let text = "model M {\n  input x: f32[n, 64]\n\n  output y = \(line)\n}\n"
      return GraphLanguage.elaborate(text, name: "m.weft", ElaborationOptions(ops: registry.ops))
        .diagnostics.rendered()
    }
    #expect(
      try message("group_norm(x, groups: 5)").hasPrefix(
        "m.weft:4:14: error: 'group_norm' needs a last axis that 5 groups divide: x is f32[n, 64]"))
    #expect(try message("group_norm(x)").contains("error: 'group_norm' needs 'groups'"))
    #expect(try message("group_norm(x, grups: 4)").contains("did you mean 'groups'?"))
    #expect(try message("snake(x, alpha: \"a\")").contains("error: 'alpha' of 'snake' must be"))
    #expect(try message("snakes(x)").contains("did you mean 'snake'?"))
  }

  @Test func `an op has its cost, its place in memory and its name everywhere`() throws {
    let model = try Model(
      ModelSource(file: PluginCompiler.root.appending(path: "Examples/PluginInC/example.weft")),
      weights: nil, registry: registry(PluginCompiler.activations.get()))
    let entry = try model.entry()
    let node = try #require(entry.compiled().graph.nodes.last)
    #expect(node.op.name == "group_norm")
    #expect(node.op.signature.category == .normalization)
    let x = TensorType(.f32, [2, 3, 64])
    #expect(
      Cost(of: node.op, [x], [x])
        == Cost(flops: 6 * 384, bytesRead: 4 * 384, bytesWritten: 4 * 384))
    #expect((node.op as? any InPlace)?.overwritableOperands == [0])
    let plan = try entry.plan(for: ["batch": 2, "tokens": 3])
    #expect(plan.steps.map(\.kernel).last == "f32-group_norm-activations")
    let why = try model.why(bindings: ["batch": 2, "tokens": 3])
    #expect(why.lines.flatMap(\.ops).map(\.op).contains("group_norm"))
    let dot = try entry.diagram().dot
    #expect(dot.contains("group_norm"))
  }

  @Test func `the same bytes with any number of threads`() throws {
    let registry = try registry(PluginCompiler.activations.get())
    let source = ModelSource(
      file: PluginCompiler.root.appending(path: "Examples/PluginInC/example.weft"))
    var first: [Double]?
    for threads in [1, 2, 3, 4] {
      let entry = try Model(source, weights: nil, threads: threads, registry: registry).entry()
      let inputs = try entry.randomInputs(bindings: ["batch": 7, "tokens": 300], seed: 1)
      let outputs = try #require(try entry.run(inputs)["normed"]).doubles
      #expect(first == nil || first == outputs)
      first = outputs
    }
  }

  @Test func `constants are folded by the plugin's reference`() throws {
    let model = try model(
      """
      model M {
        input x: f32[8]

        output y = x + group_norm(cast(iota(8), f32), groups: 2)
      }
      """, registry(PluginCompiler.activations.get()))
    let nodes = try model.entry().compiled().graph.nodes
    #expect(nodes.map(\.op.name) == ["add"])
  }
}
