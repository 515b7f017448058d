import Foundation
import GraphLanguage
import IR
import Operators
import Tensors
import Testing

/// What Docs/GraphLanguage.md shows is true.
struct DocumentationTests {
  let text: String
  let blocks: [String]

  init() throws {
    let file = Fixtures.root.appending(path: "Docs/GraphLanguage.md")
    text = try String(contentsOf: file, encoding: .utf8)
    blocks = text.components(separatedBy: "```").enumerated()
      .filter { $0.offset % 2 == 1 }.map { String($0.element.drop { $0 != "\n" }.dropFirst()) }
  }

  @Test func `its models have nothing wrong with them and are in the canonical style`() throws {
    let basics = try String(
      contentsOf: Fixtures.graphs.appending(path: "layers/basics.weft"), encoding: .utf8)
    let models = blocks.filter { $0.contains("\nmodel ") && $0.contains("output y =") }
    #expect(models.count == 3)
    for model in models {
      #expect(GraphLanguage.format(GraphLanguage.parse(model, name: "doc").file) == model)
      let lines = model.split(separator: "\n", omittingEmptySubsequences: false)
      let usesBasics = lines.contains { $0.hasPrefix("import") }
      let body = lines.filter { !$0.hasPrefix("import") }.joined(separator: "\n")
      let found = GraphLanguage.elaborate(
        (usesBasics ? basics : "") + body, name: "doc",
        ElaborationOptions(ops: BuiltinOps.table())
      ).diagnostics
      #expect(found.map(\.description) == [])
    }
  }

  @Test func `its diagnostic is what is said`() throws {
    let golden = DiagnosticTests.folder.appending(path: "shape-matmul.expected")
    #expect(blocks.contains(try String(contentsOf: golden, encoding: .utf8)))
  }

  @Test func `its Swift model is its graph file's`() throws {
    let b = ModelBuilder(ops: BuiltinOps.table())

    func linear(_ x: TensorHandle, _ outputs: Int) throws -> TensorHandle {
      let weight = try b.param("weight", .f32, [Dim(outputs), x.dims[x.rank - 1]])
      let bias = try b.param("bias", .f32, [Dim(outputs)], .constant(0))
      return try b.linear(x, weight, bias)
    }

    var h = try b.input("x", .f32, [Dim(symbol: "batch"), 8])
    for i in 0..<2 {
      h = try b.layer("layers", kind: "Linear", index: i) { try linear(h, 8) }
      h = try b.gelu(h, approximation: "tanh").named("h")
    }
    try b.output("y", (h * 0.5).named("y"))
    let graph = b.graph()

    let file = try #require(blocks.first { $0.contains("Linear(h, 8) as layers[i]") })
    let model = GraphLanguage.elaborate(
      file, name: "doc", ElaborationOptions(ops: BuiltinOps.table())
    ).model
    let printer = GraphPrinter(showsOrigins: false, constantLimit: nil)
    let parsed = try #require(model).entries[0]
    #expect(printer.text(of: graph) == printer.text(of: parsed))
    #expect(graph.nodes.map(\.origin.path) == parsed.nodes.map(\.origin.path))
    let swift = try #require(blocks.first { $0.hasPrefix("let b = ModelBuilder") })
    let source = try String(contentsOf: URL(filePath: #filePath), encoding: .utf8)
    let unindented = source.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.hasPrefix("    ") ? String($0.dropFirst(4)) : String($0) }.joined(separator: "\n")
    #expect(unindented.contains(swift), "the document shows other Swift than is tested")
  }

  @Test func `the editors' grammar is JSON and knows every keyword`() throws {
    let file = Fixtures.root.appending(path: "Docs/Editors/weft.tmLanguage.json")
    let data = try Data(contentsOf: file)
    #expect(try JSONSerialization.jsonObject(with: data) is [String: Any])
    let grammar = String(decoding: data, as: UTF8.self)
    let keywords = [
      "import", "layer", "model", "weights", "tokenizer", "task", "config", "require", "entry",
      "input", "output", "param", "let", "var", "for", "in", "if", "else", "return", "as", "true",
      "false", "nil", "from", "or",
    ]
    for keyword in keywords {
      let isThere = grammar.firstRange(of: try Regex("[(|b]\(keyword)[)|]")) != nil
      #expect(isThere, "\(keyword)")
      if keyword != "from", keyword != "or" { #expect(text.contains(keyword)) }
    }
  }
}
