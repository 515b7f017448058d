import IR
import Operators
import Testing

@testable import GraphLanguage

/// What a graph file calls its values, which taps are asked for by.
@Suite struct LabelTests {
  /// The model that `text` declares; values that nothing uses are only warned of.
  private func model(_ text: String) throws -> ModelDefinition {
    let (model, _) = GraphLanguage.elaborate(text, name: "m.weft", ElaborationTests.options)
    return try #require(model)
  }

  private func labels(_ graph: Graph) -> [String] {
    graph.labels.map { label in
      let name = (label.within + (label.name.map { [$0] } ?? [])).joined(separator: ".")
      let op = graph.producer(of: label.value)?.op.name ?? "none"
      return "\(label.path)|\(name)|\(op)|\(label.location?.line ?? 0)"
    }
  }

  @Test func `layers, names and layers without names have labels`() throws {
    let model = try model(
      """
      layer Inner(x: f32[n]) -> f32[n] {
        let y = exp(x)
        return tanh(y)
      }
      layer Outer(x: f32[n]) -> f32[n] {
        let a = Inner(x)
        var b = Inner(a) as inner
        b = sqrt(b)
        let unused = log(b)
        return b + 1.0
      }
      model M {
        input x: f32[n]
        var h = x
        for i in 0 ..< 2 { h = Outer(h) as outer[i] }
        output o = h * 2.0
      }
      """)
    let outer = (0..<2).flatMap { i in
      [
        "outer.\(i)|Inner.y|exp|2", "outer.\(i)|Inner|tanh|6", "outer.\(i)|a|tanh|6",
        "outer.\(i).inner|y|exp|2", "outer.\(i).inner||tanh|7", "outer.\(i)|b|tanh|7",
        "outer.\(i)|b|sqrt|8", "outer.\(i)||add|15", "|h|add|15",
      ]
    }
    #expect(labels(model.entries[0]) == ["|x|none|13", "|h|none|14"] + outer + ["|o|mul|16"])
  }

  @Test func `labels stay with their values where nothing is rewritten`() throws {
    let graph = try model(
      "model M { input x: f32[n]\n let a = x[0 ..< n]\n let b = exp(x)\n output o = b }"
    ).entries[0]
    // `a` is all of x, and so x itself.
    #expect(labels(graph) == ["|x|none|1", "|a|none|2", "|b|exp|3", "|o|exp|4"])
    #expect(labels(graph.adding(outputs: [("more", graph.inputs[0].id)])) == labels(graph))
    #expect(labels(graph.naming { "\($0.id.index)" }) == labels(graph))
    #expect(try graph.binding(["n": 2]).labels.isEmpty)
  }

  @Test func `models built in Swift have them, too`() throws {
    let b = ModelBuilder(ops: BuiltinOps.table())
    let x = try b.input("x", .f32, [4])
    let y = try b.layer("a.b", kind: "Layer", index: 1) { try b.exp(b.tanh(x).named("t")) }
    try b.output("o", y)
    let found = labels(b.graph()).map { $0.split(separator: "|").dropLast().joined(separator: "|") }
    #expect(found == ["x|none", "a.b.1|t|tanh", "a.b.1|exp", "o|exp"])
  }
}
