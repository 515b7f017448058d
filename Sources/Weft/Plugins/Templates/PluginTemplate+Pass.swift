extension PluginTemplate {
  /// A pass that turns two negations into none: with a remark for each, and a near miss.
  static let pass = [
    File(path: "Sources/Plugin.swift", text: passPlugin),
    File(path: "Sources/MODULEPass.swift", text: passSource),
    File(path: "Tests/MODULETests.swift", text: passTests),
    File(path: "example.weft", text: passExample),
  ]

  private static let passPlugin = """
    import WeftPlugin

    /// What this package adds to Weft.
    struct MODULEPlugin: Plugin {
      let name = "NAME"

      func register(in registry: inout Registry) throws(RegistryError) {
        // While single ops are still there: weft plugins info weft lists all passes.
        try registry.add(MODULEPass(), .before("fuse-elementwise"))
      }
    }

    /// The function that Weft looks for in the library.
    @_cdecl("weft_swift_plugin")
    public func plugin() -> UnsafeMutableRawPointer { exported(MODULEPlugin()) }

    """

  private static let passSource = """
    import WeftPlugin

    /// Drops what two ops undo: `neg(neg(x))` → `x`.
    struct MODULEPass: RewritePass {
      let name = "NAME"
      let summary = "Drops a negation of a negation."

      func rewrite(_ node: Node, in graph: Graph, context: inout PassContext) throws -> Patch? {
        guard node.op is Neg, let (inner, _) = graph.producer(of: node.operands[0], as: Neg.self)
        else { return nil }
        // The inner one stays where others use it, and costs nothing more.
        var patch = Patch(rewriting: [node])
        patch.replace(node.results[0], with: inner.operands[0])
        context.applied("two negations dropped", patch)
        return patch
      }
    }

    """

  private static let passTests = """
    import Foundation
    import Testing

    @testable import MODULE
    import WeftPlugin

    @Suite struct `MODULE` {
      static let example = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "example.weft")

      func entry(_ plugins: [any Plugin]) throws -> Entry {
        let registry = try Registry([StandardPlugin()] + plugins)
        return try Model(ModelSource(file: Self.example), weights: nil, registry: registry).entry()
      }

      @Test func `two negations become none, and one stays`() throws {
        let graph = try entry([MODULEPlugin()]).graph(after: "NAME")
        #expect(graph.nodes.filter { $0.op is Neg }.count == 1)
        let plain = try entry([]).graph
        #expect(plain.nodes.filter { $0.op is Neg }.count == 3)
      }

      @Test func `the results are the same with and without it`() throws {
        let x = try Tensor(dims: [4, 5], floats: (0..<20).map { Float($0) - 9 })
        let with = try entry([MODULEPlugin()]).run(["x": x])
        let without = try entry([]).run(["x": x])
        for name in ["same", "other"] { #expect(with[name]?.floats == without[name]?.floats) }
      }
    }

    """

  private static let passExample = """
    /// What the plugin's pass is for: `same` needs no step.
    model Example {
      input x: f32[rows, width]
      output same = neg(neg(x))
      output other = neg(x + 1)
    }

    """
}
