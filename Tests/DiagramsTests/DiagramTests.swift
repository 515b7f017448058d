import Foundation
import IR
import Operators
import Tensors
import Testing

@testable import Diagrams

@Suite struct DiagramTests {
  /// Compares with a file beside the tests; WEFT_BLESS=1 writes it.
  func expectSnapshot(_ name: String, _ text: String, file: String = #filePath) throws {
    let url = URL(filePath: file).deletingLastPathComponent()
      .appending(path: "Snapshots/\(name).dot")
    if ProcessInfo.processInfo.environment["WEFT_BLESS"] == "1" {
      try Data(text.utf8).write(to: url)
    }
    let expected = try String(contentsOf: url, encoding: .utf8)
    #expect(text == expected, "\(name): WEFT_BLESS=1 takes the new text")
  }

  @Test func `diagrams are drawn as recorded`() throws {
    let bert = try SampleGraphs.bert()
    try expectSnapshot("bert", Diagram(of: bert, options: .init(title: "MiniLM")).dot)
    try expectSnapshot("bert-boxes", Diagram(of: bert, options: .init(depth: 0)).dot)
    try expectSnapshot(
      "bert-expanded",
      Diagram(of: SampleGraphs.bert(layers: 5), options: .init(expansion: .all)).dot)
    try expectSnapshot(
      "written", Diagram(of: SampleGraphs.written(), options: .init(subtitle: "after nothing")).dot)
    try expectSnapshot(
      "bert-figure", Diagram(of: bert, options: .init(detail: .layers, title: "MiniLM")).dot)
    try expectSnapshot(
      "bert-focus",
      Diagram(of: bert, options: .init(focus: "encoder.layer.2.attention", theme: .dark)).dot)
  }

  @Test func `the same graph gives the same text each time`() throws {
    let first = try Diagram(of: SampleGraphs.written(layers: 3)).dot
    for _ in 0..<5 { #expect(try Diagram(of: SampleGraphs.written(layers: 3)).dot == first) }
  }

  @Test(arguments: [
    (Graphviz.Format.svg, Array("<?xml".utf8)), (.png, [0x89, 0x50, 0x4e, 0x47]),
    (.pdf, Array("%PDF".utf8)), (.dot, Array("digraph".utf8)),
  ])
  func `each format begins as it must`(format: Graphviz.Format, magic: [UInt8]) throws {
    let bytes = try Diagram(of: SampleGraphs.bert()).rendered(format)
    #expect(bytes.prefix(magic.count).elementsEqual(magic))
    #expect(bytes.count > 2000)
  }

  @Test func `many threads may draw at once`() async throws {
    let diagram = try Diagram(of: SampleGraphs.bert())
    let first = try diagram.rendered(.svg)
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 { group.addTask { (try? diagram.rendered(.svg)) == first } }
      for await isEqual in group { #expect(isEqual) }
    }
  }

  @Test func `Graphviz says its version and what is wrong`() throws {
    #expect(try Graphviz.version().first?.isNumber == true)
    let error = #expect(throws: DiagramError.self) { try Graphviz.rendered("digraph {", as: .svg) }
    guard case .unreadable(let messages)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(messages.contains("syntax error"))
  }

  @Test(
    "no name can break a diagram",
    arguments: [
      "<B>", "</TABLE>>]; x", "a & b &amp; &lt;", "\"quoted\" \\N \\", "new\nline\ttab",
      "nul\u{0}bell\u{7}", "\u{fffe}\u{ffff}\u{85}", "ünï→码🙂", "", "   ", "--", "]>", "'",
      String(repeating: "x<", count: 5000), "\u{202e}rtl", "graph", "%d%s%n",
    ])
  func names(_ name: String) throws {
    var sketch = Sketch(name)
    let x = sketch.input(name, .f32, [2])
    let y = try sketch.layer("a", index: 0, name) { s in
      let w = s.builder.parameter(Parameter(name), TensorType(.f32, [2]))
      let sum = try s.op("add", [x, w])
      s.builder.name(sum, name)
      return try s.op("add", [sum, sum])
    }
    sketch.builder.output(name, y)
    let diagram = try Diagram(
      of: sketch.builder.graph(), options: .init(title: name, subtitle: name))
    for format in Graphviz.Format.allCases { #expect(try !diagram.rendered(format).isEmpty) }
    let svg = String(decoding: try diagram.rendered(.svg), as: UTF8.self)
    #expect(svg.utf8.count < 40_000)
    if name == "<B>" { #expect(svg.contains("&lt;B&gt;")) }
    if name == "a & b &amp; &lt;" { #expect(svg.contains("a &amp; b &amp;amp; &amp;lt;")) }
    let parser = XMLSyntax(svg)
    #expect(parser.isWellFormed)
  }

  @Test func `a graph without anything is drawn`() throws {
    let diagram = try Diagram(of: GraphBuilder(name: "empty").graph())
    #expect(diagram.boxCount == 0)
    for format in Graphviz.Format.allCases { #expect(try !diagram.rendered(format).isEmpty) }
  }

  @Test func `a deep model is drawn`() throws {
    let graph = try SampleGraphs.bert(layers: 96)
    let options = DiagramOptions(expansion: .all, boxLimit: Diagram.mostBoxes)
    #expect(try Diagram(of: graph, options: options).rendered(.svg).count > 100_000)
  }

  @Test func `every op has a category`() {
    for op in BuiltinOps.all { #expect(op.signature.category != .other, "\(op.signature.name)") }
  }
}

/// A look at tags and their nesting: enough to see that text from outside stayed text.
private struct XMLSyntax {
  let isWellFormed: Bool

  init(_ text: String) {
    var open: [Substring] = []
    var rest = text[...]
    var isFine = true
    while let start = rest.firstIndex(of: "<"), isFine {
      rest = rest[start...].dropFirst()
      if rest.hasPrefix("!--") {
        rest = rest.range(of: "-->").map { rest[$0.upperBound...] } ?? ""
        continue
      }
      guard let end = rest.firstIndex(of: ">") else {
        isFine = false
        break
      }
      let tag = rest[..<end]
      rest = rest[end...].dropFirst()
      if tag.hasPrefix("?") || tag.hasPrefix("!") || tag.hasSuffix("/") { continue }
      if tag.hasPrefix("/") {
        isFine = open.popLast() == tag.dropFirst()
      } else {
        open.append(tag.prefix { !$0.isWhitespace })
      }
    }
    isWellFormed = isFine && open.isEmpty
  }
}
