import Foundation
import GraphLanguage
import IR
import Operators
import Testing

@testable import Diagrams

@Suite struct ShippedDiagramTests {
  static let graphs = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Graphs")

  @Test(arguments: ["bert", "gemma", "gpt2", "llama", "minilm", "phi", "t5", "transformer", "vit"])
  func `each shipped model fits one picture, its equal blocks drawn once`(name: String) throws {
    let file = Self.graphs.appending(path: "\(name).weft")
    let model = GraphLanguage.elaborate(
      file: file, ElaborationOptions(ops: BuiltinOps.table())
    ).model
    for graph in try #require(model).entries {
      let scene = try Scene(Outline(graph), depth: .max)
      #expect(scene.boxes.count <= DiagramOptions().boxLimit)
      #expect(scene.frames.contains { $0.count >= 6 })
      #expect(scene.edges.contains { $0.isResidual })
      let diagram = try Diagram(of: graph)
      #expect(!diagram.dot.contains("drawn to depth"))
      #expect(try diagram.rendered(.svg).count > 10_000)
    }
  }

  /// The most boxes of each model's figure: what a page takes.
  static let figures = [
    ("bert", 15), ("gemma", 30), ("gpt2", 15), ("llama", 15), ("minilm", 15), ("phi", 15),
    ("t5", 28), ("transformer", 25), ("vit", 15),
  ]

  @Test(arguments: figures)
  func `each shipped model is a figure of columns`(name: String, most: Int) throws {
    let file = Self.graphs.appending(path: "\(name).weft")
    let model = GraphLanguage.elaborate(
      file: file, ElaborationOptions(ops: BuiltinOps.table())
    ).model
    for graph in try #require(model).entries {
      let diagram = try Diagram(of: graph, options: .init(detail: .layers))
      #expect(diagram.boxCount <= most)
      #expect(diagram.dot.contains("Multi-Head Attention"))
      #expect(diagram.dot.contains("Feed Forward"))
      #expect(diagram.engine == "nop2")
      for format in Graphviz.Format.allCases { #expect(try !diagram.rendered(format).isEmpty) }
    }
  }
}
