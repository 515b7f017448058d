import Foundation
import GraphLanguage
import IR
import Operators
import Testing

struct ShippedGraphTests {
  static let options = ElaborationOptions(ops: BuiltinOps.table())

  @Test(arguments: Fixtures.graphFiles(below: Fixtures.graphs))
  func `shipped graphs have nothing wrong with them`(_ file: URL) {
    let diagnostics = GraphLanguage.check(file: file, ShippedGraphTests.options)
    #expect(diagnostics.map(\.description) == [])
  }

  @Test(arguments: ["bert", "gemma", "gpt2", "llama", "minilm", "phi", "t5", "transformer", "vit"])
  func `shipped models give well-formed graphs, the same each time`(_ name: String) throws {
    let file = Fixtures.graphs.appending(path: "\(name).weft")
    let first = try #require(GraphLanguage.elaborate(file: file, ShippedGraphTests.options).model)
    let second = try #require(GraphLanguage.elaborate(file: file, ShippedGraphTests.options).model)
    for (a, b) in zip(first.entries, second.entries) {
      #expect(Verifier.violations(in: a).map(\.description) == [])
      #expect(GraphPrinter.exact.text(of: a) == GraphPrinter.exact.text(of: b))
    }
  }

  @Test func `parameters have the checkpoint's names`() throws {
    let file = Fixtures.graphs.appending(path: "minilm.weft")
    let model = try #require(GraphLanguage.elaborate(file: file, ShippedGraphTests.options).model)
    let names = Set(model.entries[0].parameters.map(\.parameter.name))
    #expect(names.count == 101)
    #expect(names.contains("embeddings.word_embeddings.weight"))
    #expect(names.contains("encoder.layer.5.attention.self.query.bias"))
    #expect(names.contains("encoder.layer.0.attention.output.LayerNorm.weight"))
  }
}
