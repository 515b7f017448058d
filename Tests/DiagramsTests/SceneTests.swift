import IR
import Operators
import Tensors
import Testing

@testable import Diagrams

@Suite struct SceneTests {
  func scene(_ graph: Graph, depth: Int = .max, expands: Bool = false) throws -> Scene {
    try Scene(Outline(graph, expansion: expands ? .all : .none), depth: depth)
  }

  /// `widths.count` layers, the i-th with an inner width of its own.
  func stack(_ widths: [Int], names: [Int]? = nil) throws -> Graph {
    var s = Sketch("stack")
    var x = s.input("x", .f32, [Dim(symbol: "batch"), 8])
    for (i, width) in widths.enumerated() {
      x = try s.layer("layer", index: names?[i] ?? i, "Layer") { s in
        let inner = try s.linear("up", x, 8, width)
        return try s.op("add", [x, s.linear("down", inner, width, 8)])
      }
    }
    s.builder.output("y", x)
    return s.builder.graph()
  }

  @Test(arguments: [
    ([4, 4, 4], ["layer[0…2] 3"]), ([4, 5, 5], ["layer[0] 1", "layer[1…2] 2"]),
    ([4, 5, 4], ["layer[0] 1", "layer[1] 1", "layer[2] 1"]),
    ([4, 4, 5, 5, 4], ["layer[0…1] 2", "layer[2…3] 2", "layer[4] 1"]), ([4], ["layer[0] 1"]),
    ([4, 5, 4, 5], ["layer[0…2, in turns] 2", "layer[1…3, in turns] 2"]),
    (
      [4, 4, 5, 4, 4, 5, 4],
      ["layer[0…4, in turns] 4", "layer[2…5, in turns] 2", "layer[6] 1"]
    ),
  ])
  func `equal layers in a row or in turns are one frame`(widths: [Int], expected: [String]) throws {
    let frames = try scene(stack(widths)).frames.dropFirst()
    #expect(frames.map { "\($0.name) \($0.count)" } == expected)
  }

  @Test func `indexes with a gap are not in a row`() throws {
    let frames = try scene(stack([4, 4, 4], names: [0, 1, 5])).frames.dropFirst()
    #expect(frames.map(\.name) == ["layer[0…1]", "layer[5]"])
  }

  @Test func `layers that read one value in other places are not equal`() throws {
    var s = Sketch("g")
    let x = s.input("x", .f32, [8])
    let y = s.input("y", .f32, [8])
    var h = x
    for i in 0..<2 {
      h = try s.layer("layer", index: i, "Layer") { s in
        let a = try s.op("add", i == 0 ? [h, y] : [h, h])
        return try s.op("relu", [a])
      }
    }
    s.builder.output("h", h)
    #expect(try scene(s.builder.graph()).frames.dropFirst().map(\.count) == [1, 1])
  }

  @Test func `expanding draws every layer`() throws {
    let graph = try SampleGraphs.bert()
    let (closed, open) = (try scene(graph), try scene(graph, expands: true))
    #expect(closed.frames.filter { $0.name.hasPrefix("encoder.layer") }.map(\.count) == [6])
    #expect(
      open.frames.filter { $0.name.hasPrefix("encoder.layer") }.map(\.count)
        == Array(repeating: 1, count: 6))
    // Every op has its box: none is lost, but for one slice of a weight.
    #expect(open.boxes.filter { $0.style == .op }.count == graph.nodes.count - 1)
  }

  @Test func `a value that many layers use stands in each of them`() throws {
    let open = try scene(SampleGraphs.bert(), expands: true)
    let pills = open.boxes.indices.filter { open.boxes[$0].style == .reference }
    #expect(pills.count == 6)
    #expect(pills.allSatisfy { open.boxes[$0].title == "mask" })
    let mask = try #require(open.boxes.firstIndex { $0.title == "not_equal" })
    #expect(!open.edges.contains { $0.from == mask })
    let few = try scene(SampleGraphs.bert(layers: 3), expands: true)
    #expect(!few.boxes.contains { $0.style == .reference })
  }

  @Test func `a value enters a frame once`() throws {
    let closed = try scene(SampleGraphs.bert())
    let junctions = closed.boxes.indices.filter { closed.boxes[$0].style == .junction }
    #expect(junctions.count == 2)
    for junction in junctions {
      #expect(closed.edges.filter { $0.to == junction }.count == 1)
      #expect(closed.edges.filter { $0.from == junction }.count >= 2)
    }
  }

  @Test func `residual connections are found, other operands aren't`() throws {
    let closed = try scene(SampleGraphs.bert())
    let residual = closed.edges.filter(\.isResidual)
    #expect(residual.count == 2)
    #expect(residual.allSatisfy { closed.boxes[$0.to].title == "add" })
  }

  @Test func `depth closes layers to boxes that count their weights`() throws {
    let graph = try SampleGraphs.bert()
    let top = try scene(graph, depth: 0)
    #expect(top.frames.count == 1)
    let layers = top.boxes.filter { $0.style == .layer }
    #expect(layers.map(\.title) == ["embeddings", "encoder.layer[0…5]"])
    #expect(layers.map(\.caption) == ["BertEmbeddings", "BertLayer"])
    #expect(layers.map(\.count) == [1, 6])
    #expect(layers.map(\.lines) == [["3 ops, 11.9 M parameters"], ["12 ops, 1.77 M parameters"]])
    #expect(try scene(graph, depth: 1).frames.count == 3)
    #expect(
      try scene(graph, depth: 1).boxes.contains {
        $0.style == .layer && $0.title == "attention.self"
      })
    #expect(try scene(graph).deepest == 2)
  }

  @Test func `a large picture is drawn less deep, and says so`() throws {
    let graph = try stack(Array(1...100))
    let diagram = try Diagram(of: graph)
    #expect(diagram.boxCount <= 200)
    #expect(diagram.dot.contains("drawn to depth 0 of 1"))
    #expect(try Diagram(of: graph, options: .init(depth: 1)).boxCount > 300)
    #expect(try Diagram(of: graph, options: .init(expansion: .all)).boxCount <= 200)
    #expect(try Diagram(of: graph, options: .init(boxLimit: 1000)).boxCount > 300)
  }

  @Test func `more boxes than can be laid out are refused`() throws {
    var s = Sketch("long")
    var x = s.input("x", .f32, [2])
    let relu = try s.table.make("relu", [:])
    for _ in 0...Diagram.mostBoxes { x = try s.builder.add(relu, [x])[0] }
    s.builder.output("y", x)
    let graph = s.builder.graph()
    #expect(throws: DiagramError.self) { try Diagram(of: graph) }
  }

  @Test func `inputs and outputs of equal layers are drawn together`() throws {
    var s = Sketch("cached")
    var x = s.input("x", .f32, [8])
    let caches = (0..<3).map { i in s.input("past.\(i)", .f32, [8]) }
    for i in 0..<3 {
      let sum = try s.layer("layer", index: i, "Layer") { s in
        try s.op("relu", [s.op("add", [x, caches[i]])])
      }
      s.builder.output("present.\(i)", sum)
      x = sum
    }
    let scene = try scene(s.builder.graph())
    #expect(scene.boxes.filter { $0.style == .input }.map(\.title) == ["x", "past.0 … past.2"])
    #expect(
      scene.boxes.filter { $0.style == .output }.map(\.title) == ["present.0 … present.2"])
  }

  @Test func `names without kinds make frames, too`() throws {
    var s = Sketch("g")
    let x = s.input("x", .f32, [8])
    s.path = [LayerPath.Component("block")]
    let y = try s.op("relu", [s.op("add", [x, x])])
    s.path = []
    s.builder.output("y", y)
    #expect(try scene(s.builder.graph()).frames.map(\.name) == ["g", "block"])
  }

  @Test func `weights that are only moved are lines in a box`() throws {
    var s = Sketch("g")
    let x = s.input("x", .f32, [2, 8])
    let w = s.param("proj.weight", 4, 8)
    s.builder.output("y", try s.op("matmul", [x, s.op("transpose", [w])]))
    let scene = try scene(s.builder.graph())
    #expect(scene.boxes.map(\.title) == ["x", "matmul", "y"])
    #expect(scene.boxes[1].lines == ["proj.weight 4 × 8, transpose"])
  }

  @Test(arguments: [
    (0, "0"), (999, "999"), (1000, "1.00 K"), (9994, "9.99 K"), (9996, "10.0 K"),
    (22_564_608, "22.6 M"), (999_600, "1000 K"), (1_100_000_000, "1.10 G"), (.max, "9223372 T"),
  ])
  func `counts have three digits`(count: Int, expected: String) {
    #expect(Numbers.short(count) == expected)
  }
}
