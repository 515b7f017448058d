import Foundation
import Weft

/// `.weft` files: parsed, written back, elaborated, verified.
struct GraphLanguageTarget: FuzzTarget {
  static let name = "graph-language"
  static let words =
    [
      "import", "layer", "model", "weights", "tokenizer", "task", "config", "require", "entry",
      "input", "output", "param", "state", "let", "var", "for", "in", "if", "else", "return", "as",
      "true", "false", "nil", "from", "or", "..<", "...", "->", "&&", "||", "==", "<=", "f32",
      "i32", "bool", "bf16", "[batch, tokens]", "Int", "Float", "String", "[Int]", "///",
      "9223372036854775807", "-9223372036854775808", "1e308", "\\u{10ffff}",
    ] + BuiltinOps.all.map { $0.signature.name + "(" }

  private let registry: Registry

  init() throws { registry = try Registry.standard() }

  func seeds() throws -> [Data] {
    try (Repository.files("Graphs", "weft") + Repository.files("Tests/GraphLanguageTests", "weft"))
      .map { try Data(contentsOf: $0) } + GraphRunTarget.sources(40)
  }

  func run(_ bytes: Data) {
    let source = SourceText(name: "fuzz.weft", bytes: Array(bytes))
    if case .success(let text) = GraphLanguage.format(source) {
      let again = GraphLanguage.format(SourceText(name: "fuzz.weft", bytes: Array(text.utf8)))
      guard case .success(text) = again else { fatalError("the canonical form isn't canonical") }
    }
    let (model, diagnostics) = GraphLanguage.elaborate(
      bytes: Array(bytes), name: "fuzz.weft", ElaborationOptions(ops: registry.ops))
    _ = diagnostics.rendered()
    for graph in model?.entries ?? [] {
      do { try Verifier.verify(graph) } catch { fatalError("a broken graph: \(error)") }
      _ = GraphPrinter().text(of: graph)
    }
  }
}
