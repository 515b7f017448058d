import Foundation
import IR
import Operators
import Tensors
import Testing

@testable import Diagrams

/// Plans, comparisons, single layers, themes, Mermaid, and the limit on time.
@Suite struct PictureTests {
  @Test func `a plan's boxes have the ids of their steps`() throws {
    let graph = try SampleGraphs.bert(layers: 2)
    var steps = PlanSteps(nodes: [:])
    for (position, node) in graph.nodes.enumerated() where node.op.name != "slice" {
      steps.nodes[node.id] = PlanSteps.Step(
        position: position, kernel: "k-\(node.op.name)", flops: 2000, bytes: 10,
        parts: node.op.name == "linear" ? ["linear", "gelu", "gelu"] : [])
    }
    let diagram = try Diagram(of: graph, options: .init(detail: .plan, steps: steps))
    let svg = String(decoding: try diagram.rendered(.svg), as: UTF8.self)
      .replacing("&#45;", with: "-")
    #expect(svg.contains("id=\"layer-encoder.layer.0\""))
    #expect(svg.contains("layer-encoder.layer.1 run-2\""))
    let drawn = steps.nodes.values.filter { svg.contains("id=\"step-\($0.position)\"") }
    let named = steps.nodes.values.filter { step in
      svg.contains(" step-\(step.position) ") || svg.contains(" step-\(step.position)\"")
    }
    #expect(drawn.count < named.count)
    #expect(named.count == steps.nodes.count)
    #expect(svg.contains("= linear + 2 gelu"))
    #expect(svg.contains("2.00 kFLOP · 10 B"))
  }

  @Test func `what takes no step is no box, and its users come from what it views`() throws {
    var s = Sketch("g")
    let x = s.input("x", .f32, [2, 8])
    let flat = try s.op("reshape", [x], ["shape": .dims([16])])
    s.builder.output("y", try s.op("relu", [flat]))
    let graph = s.builder.graph()
    let steps = PlanSteps(nodes: [NodeID(1): .init(position: 0, kernel: "k", flops: 0, bytes: 8)])
    let scene = try Scene(Outline(graph), depth: .max, options: .init(detail: .plan, steps: steps))
    #expect(scene.boxes.map(\.title) == ["x", "relu", "y"])
    #expect(scene.edges.map { [$0.from, $0.to] }.contains([0, 1]))
  }

  @Test func `one layer stands alone with its neighbours`() throws {
    let graph = try SampleGraphs.bert(layers: 4)
    let options = DiagramOptions(focus: "encoder.layer.2")
    let (scene, _) = try Scene.fitting(graph, options)
    #expect(scene.frames.dropFirst().first?.name == "encoder.layer[2]")
    #expect(
      Set(scene.boxes.filter { $0.style == .stub }.map(\.title)) == [
        "encoder.layer.1", "encoder.layer.3", "not_equal",
      ])
    #expect(scene.boxes.filter { $0.style == .op }.count == 12)
  }

  @Test func `what lies between two parts of a layer is drawn with it`() throws {
    let graph = try SampleGraphs.bert(layers: 2)
    let (scene, _) = try Scene.fitting(graph, DiagramOptions(focus: "encoder.layer.1.attention"))
    let frame = try #require(scene.frames.firstIndex { $0.name == "encoder.layer.1.attention" })
    #expect(scene.boxes.contains { $0.title == "add" && $0.style == .op && $0.frame == frame })
    #expect(scene.boxes.filter { $0.style == .op && $0.title == "linear" }.count == 4)
  }

  @Test func `an unknown layer is named with what is like it`() throws {
    let graph = try SampleGraphs.bert(layers: 2)
    for options in [
      DiagramOptions(focus: "encoder.layr.1"),
      DiagramOptions(expansion: .paths(["encoder.layr.1"])),
    ] {
      let error = #expect(throws: DiagramError.self) { try Diagram(of: graph, options: options) }
      #expect(error == .unknownLayer("encoder.layr.1", nearest: "encoder.layer.1"))
      #expect("\(error!)".contains("did you mean 'encoder.layer.1'?"))
    }
  }

  @Test func `expanding one of equal layers leaves the others together`() throws {
    let graph = try SampleGraphs.bert(layers: 6)
    let outline = Outline(graph, expansion: .paths(["encoder.layer.3"]))
    let frames = try Scene(outline, depth: .max).frames.filter { $0.name.hasPrefix("encoder") }
    #expect(
      frames.map { "\($0.name) \($0.count)" } == [
        "encoder.layer[0…2] 3", "encoder.layer[3] 1", "encoder.layer[4…5] 2",
      ])
  }

  // MARK: Side by side

  @Test func `boxes that became one have one number`() throws {
    func graph(fused: Bool) throws -> Graph {
      var s = Sketch("g")
      let x = s.input("x", .f32, [8])
      let (a, b) = (s.origin(), s.origin())
      let add = try s.table.make("add", [:])
      let relu = try s.table.make("relu", [:])
      let gelu = try s.table.make("gelu", ["approximation": .string("none")])
      let c = s.origin()
      var y: ValueID
      if fused {
        y = try s.builder.add(gelu, [x], origin: a.merged(with: b))[0]
      } else {
        y = try s.builder.add(add, [x, x], origin: a)[0]
        y = try s.builder.add(relu, [y], origin: b)[0]
      }
      s.builder.output("y", try s.builder.add(relu, [y], origin: c)[0])
      return s.builder.graph()
    }
    let scenes = try [false, true].map { try Scene(Outline(graph(fused: $0)), depth: .max) }
    let marks = BoxMatching(scenes[0], scenes[1], by: .origins).marks
    func numbers(_ side: Int) -> [Int?] {
      scenes[side].boxes.indices.filter { scenes[side].boxes[$0].style == .op }
        .map { marks[side][$0]?.number }
    }
    #expect(numbers(0) == [1, 1, nil])
    #expect(numbers(1) == [1, nil])
    let diagram = try Diagram(
      before: graph(fused: false), after: graph(fused: true), names: ("before", "after"),
      options: .init())
    #expect(diagram.boxCount == 9)
    #expect(try diagram.rendered(.svg).count > 3000)
    #expect(throws: DiagramError.self) { try diagram.rendered(.mmd) }
  }

  @Test func `equal graphs have no marks but equal`() throws {
    let scenes = try (0..<2).map { _ in try Scene(Outline(SampleGraphs.bert()), depth: .max) }
    for rule in [BoxMatching.Rule.origins, .places] {
      let matching = BoxMatching(scenes[0], scenes[1], by: rule)
      #expect(matching.count == 0)
      #expect(matching.marks.allSatisfy { $0.values.allSatisfy { $0.kind == .same } })
    }
  }

  @Test func `what is only in one of two graphs is marked`() throws {
    let narrow = try SampleGraphs.bert(layers: 2, width: 96)
    let wide = try SampleGraphs.bert(layers: 2, width: 384)
    let scenes = try [narrow, wide].map { try Scene(Outline($0), depth: .max) }
    let kinds = Set(
      BoxMatching(scenes[0], scenes[1], by: .places).marks.flatMap { $0.values.map(\.kind) })
    #expect(kinds == [.same, .changed])
    let other = try [narrow, SampleGraphs.written()].map { try Scene(Outline($0), depth: .max) }
    let apart = BoxMatching(other[0], other[1], by: .places).marks
    #expect(apart[0].values.allSatisfy { $0.kind == .removed })
    #expect(apart[1].values.allSatisfy { $0.kind == .added })
  }

  // MARK: Themes and Mermaid

  @Test func `an SVG follows the reader's page`() throws {
    let graph = try SampleGraphs.bert()
    let svg = String(
      decoding: try Diagram(of: graph, options: .init(followsReader: true)).rendered(.svg),
      as: UTF8.self)
    #expect(svg.contains("@media (prefers-color-scheme:dark)"))
    #expect(svg.contains("[fill=\"#cfe3f2\"]{fill:#143a56}"))
    #expect(svg.contains("[fill=\"#ffffff\"]{fill:#14171b}"))
    let dark = try Diagram(of: graph, options: .init(theme: .dark))
    #expect(dark.dot.contains("bgcolor=\"#14171b\"") && !dark.dot.contains("#ffffff"))
  }

  @Test func `Mermaid has every box and arrow, and no text of ours breaks it`() throws {
    let graph = try SampleGraphs.bert()
    let bytes = try Diagram(of: graph, options: .init(detail: .layers)).rendered(.mmd)
    let text = String(decoding: bytes, as: UTF8.self)
    let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    #expect(lines.first == "flowchart TB")
    #expect(lines.filter { $0.hasPrefix("subgraph") }.count == 1)
    #expect(lines.filter { $0 == "end" }.count == 1)
    #expect(lines.contains("subgraph f1[\"layer[0…5] · BertLayer × 6\"]"))
    #expect(lines.filter { $0.contains("==>") }.count == 2)
    #expect(lines.contains("n5[\"Add #38; Norm\"]"))
    var sketch = Sketch("a\"]; end")
    let x = sketch.input("x\"] --> y<b>`#;\\", .f32, [2])
    sketch.builder.output("end", try sketch.op("relu", [x]))
    let markdown = String(
      decoding: try Diagram(of: sketch.builder.graph()).rendered(.md), as: UTF8.self)
    #expect(markdown.hasPrefix("```mermaid\nflowchart TB\n") && markdown.hasSuffix("```\n"))
    let statement = markdown.split(separator: "\n").first { $0.contains("n0(") }
    #expect(statement == "  n0([\"x#34;] --#62; y#60;b#62;#96;#35;#59;#92;\"])")
  }

  // MARK: Time

  @Test func `a layout that would take minutes ends, in a coarser picture that says so`() throws {
    let graph = try SampleGraphs.bert(layers: 96)
    var options = DiagramOptions(expansion: .all, boxLimit: 10_000)
    options.repeatsSharedValues = false
    options.timeLimit = 0.7
    let diagram = try Diagram(of: graph, options: options)
    #expect(throws: DiagramError.tooSlow(seconds: 0.7)) {
      try Graphviz.rendered(diagram.dot, as: .svg, seconds: 0.7)
    }
    let svg = String(decoding: try diagram.rendered(.svg), as: UTF8.self)
    #expect(svg.contains("equal layers drawn once: Graphviz took longer than 0.7 s for all"))
    // The lock is free, and the next picture is whole.
    #expect(try Diagram(of: SampleGraphs.bert()).rendered(.svg).count > 10_000)
  }

  @Test func `96 layers one by one fit the budget, coarser`() throws {
    let graph = try SampleGraphs.bert(layers: 96)
    let diagram = try Diagram(of: graph, options: .init(expansion: .all))
    #expect(diagram.boxCount <= 200)
    #expect(diagram.dot.contains("drawn to depth"))
    // The mask stands beside each layer: one for all would take dot minutes.
    let scene = try Scene(Outline(graph, expansion: .all), depth: 0)
    #expect(scene.boxes.filter { $0.style == .reference }.count == 96)
    var options = DiagramOptions(depth: 0, expansion: .all)
    options.timeLimit = 60
    #expect(
      try !String(decoding: Diagram(of: graph, options: options).rendered(.svg), as: UTF8.self)
        .contains("took longer"))
  }
}
