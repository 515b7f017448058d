import Compiler
import IR
import Operators
import Passes
import Tensors
import Testing

/// Runs passes on graphs written as text.
enum PassHarness {
  /// The graph of `body`, the lines between `graph g {` and `}`.
  static func graph(_ body: String) throws -> Graph {
    try GraphParser.graph(from: "graph g {\n\(body)\n}\n", ops: BuiltinOps.table())
  }

  /// `graph` after `passes`, each run until it finds no more, and what they said.
  ///
  /// Every step is verified, as the pass manager does.
  static func run(
    _ passes: [any Pass], on graph: Graph
  ) throws -> (graph: Graph, remarks: [PassContext.Remark]) {
    var graph = graph
    var remarks: [PassContext.Remark] = []
    for pass in passes {
      for sweep in 0... {
        try #require(sweep < 100, "\(pass.name) doesn't come to an end")
        var context = PassContext(pass: pass.name)
        let patches = try pass.run(on: graph, context: &context)
        for remark in context.remarks where !remarks.contains(remark) { remarks.append(remark) }
        if patches.isEmpty { break }
        graph = try graph.applying(patches).pruned()
        try Verifier.verify(graph)
      }
    }
    return (graph, remarks)
  }

  /// Checks what `passes` make of a graph, and what they say about it.
  static func expect(
    _ passes: [any Pass], _ before: String, gives after: String, missed: [String] = [],
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws {
    let graph = try graph(before)
    let (result, remarks) = try run(passes, on: graph)
    let text = GraphPrinter().text(of: result)
    let expected = GraphPrinter().text(of: try PassHarness.graph(after))
    #expect(text == expected, sourceLocation: sourceLocation)
    let said = remarks.filter { $0.kind == .missed }.map(\.message)
    #expect(said == missed, sourceLocation: sourceLocation)
    let changed = text != GraphPrinter().text(of: graph)
    #expect(
      changed == remarks.contains { $0.kind == .applied }, "what was applied is said",
      sourceLocation: sourceLocation)
  }

  /// Checks that `passes` leave a graph alone, and what they say about it.
  static func refuses(
    _ passes: [any Pass], _ body: String, missed: [String],
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws {
    try expect(passes, body, gives: body, missed: missed, sourceLocation: sourceLocation)
  }
}

/// Runs a graph by its ops' references.
struct ReferenceInterpreter {
  /// The values that inputs and parameters have, by name.
  var given: [String: Tensor]

  /// The outputs of `graph`, by name.
  func outputs(of graph: Graph) throws -> [String: Tensor] {
    try GraphInterpreter.outputs(of: graph, given: given)
  }
}
