import GraphLanguage
import IR
import Operators
import Tensors
import Testing

@testable import Diagrams

@Suite struct FigureTests {
  func figure(_ graph: Graph, _ expansion: DiagramOptions.Expansion = .none) -> Scene {
    Scene(
      figureOf: Outline(graph, expansion: expansion),
      options: DiagramOptions(detail: .layers, expansion: expansion))
  }

  func titles(_ scene: Scene) -> [String] {
    scene.boxes.filter { [.block, .sum].contains($0.style) }
      .map { $0.title.replacing("\n", with: " ") }
  }

  @Test func `post-norm blocks are those of a paper`() throws {
    let scene = figure(try SampleGraphs.bert())
    #expect(
      titles(scene) == [
        "Embedding", "Norm", "Multi-Head Attention", "Add & Norm", "Feed Forward", "Add & Norm",
      ])
    #expect(scene.frames.dropFirst().map(\.count) == [6])
    #expect(scene.boxes.first { $0.title == "Multi-Head Attention" }?.lines == ["12 heads"])
    #expect(scene.boxes.first { $0.title == "Feed Forward" }?.lines == ["384 → 1536 → 384 · gelu"])
    // The mask's comparison is drawn as the input that it prepares.
    #expect(
      scene.boxes.filter { $0.style == .input }.map(\.title) == ["input_ids", "attention_mask"])
  }

  @Test func `attention that is written out is the same block`() throws {
    let scene = figure(try SampleGraphs.written())
    #expect(
      titles(scene) == ["Multi-Head Attention", "Add & Norm", "Feed Forward", "Add & Norm"])
    #expect(scene.boxes.first { $0.title == "Multi-Head Attention" }?.lines == ["8 heads"])
    #expect(scene.edges.filter(\.isResidual).count == 2)
  }

  @Test func `a sum without a norm behind it stands alone`() throws {
    var s = Sketch("g")
    let x = s.input("x", .f32, [4, 8])
    let h = try s.layer("h", index: 0, "Block") { s in
      let inner = try s.linear("up", s.norm("ln", x, 8), 8, 16)
      return try s.op("add", [x, s.linear("down", s.op("gelu", [inner]), 16, 8)])
    }
    s.builder.output("y", h)
    let scene = figure(s.builder.graph())
    #expect(titles(scene) == ["Norm", "Feed Forward", "+"])
    #expect(scene.edges.filter(\.isResidual).map { scene.boxes[$0.from].title } == ["x"])
  }

  @Test func `a product of two ways is a gate, no residual sum`() throws {
    var s = Sketch("g")
    let x = s.input("x", .f32, [4, 8])
    let gate = try s.op("silu", [s.linear("gate", x, 8, 16)])
    let up = try s.linear("up", x, 8, 16)
    s.builder.output("y", try s.linear("down", s.op("mul", [gate, up]), 16, 8))
    #expect(titles(figure(s.builder.graph())) == ["Gated Feed Forward"])
  }

  @Test func `a block never holds what waits for another`() throws {
    // The sum of the mask is needed behind the encoder: with its use there it would be a cycle.
    let scene = figure(try SampleGraphs.bert())
    for edge in scene.edges { #expect(edge.from != edge.to) }
    #expect(FigureChains(scene) != nil)
  }

  @Test(arguments: [DiagramOptions.Expansion.none, .all, .paths(["encoder.layer.2"])])
  func `columns stand upright and nothing lies on anything`(
    expansion: DiagramOptions.Expansion
  ) throws {
    let scene = figure(try SampleGraphs.bert(layers: 4), expansion)
    let layout = try #require(FigureLayout(scene))
    expectClear(layout)
  }

  /// Boxes don't overlap, stand in their frames, and each way ends at its boxes.
  private func expectClear(_ layout: FigureLayout) {
    let boxes = layout.boxes
    for i in boxes.indices {
      for j in boxes.indices where j > i {
        let isApart =
          boxes[i].right <= boxes[j].left || boxes[j].right <= boxes[i].left
          || boxes[i].bottom <= boxes[j].top || boxes[j].bottom <= boxes[i].top
        #expect(isApart, "\(layout.scene.boxes[i].title) on \(layout.scene.boxes[j].title)")
      }
      guard let frame = layout.frames[layout.scene.boxes[i].frame] else { continue }
      #expect(boxes[i].left >= frame.left && boxes[i].right <= frame.right)
      #expect(boxes[i].top >= frame.top && boxes[i].bottom <= frame.bottom)
    }
    for column in layout.chains.columns {
      #expect(Set(column.map { boxes[$0].x }).count == 1)
    }
    #expect(layout.routes.count == layout.scene.edges.count)
  }

  @Test func `a figure that no columns make is left to Graphviz`() throws {
    var s = Sketch("g")
    let x = s.input("x", .f32, [4, 8])
    let y = s.input("y", .f32, [4, 8])
    s.builder.output("a", try s.op("relu", [x]))
    s.builder.output("b", try s.op("relu", [y]))
    let graph = s.builder.graph()
    #expect(FigureLayout(figure(graph)) == nil)
    let diagram = try Diagram(of: graph, options: .init(detail: .layers))
    #expect(try diagram.rendered(.svg).count > 1000)
  }

  @Test func `many layers one by one are drawn once, with a note`() throws {
    let graph = try SampleGraphs.bert(layers: 96)
    let diagram = try Diagram(of: graph, options: .init(detail: .layers, expansion: .all))
    #expect(diagram.boxCount < 20)
    #expect(diagram.dot.contains("equal layers drawn once"))
    let whole = try Diagram(
      of: graph, options: .init(detail: .layers, expansion: .all, boxLimit: 1000))
    #expect(whole.boxCount > 380)
  }
}
