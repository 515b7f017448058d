import Foundation
import Testing

@testable import Weft

/// Pictures of the shipped models, through the facade.
@Suite struct EntryDiagramTests {
  static let graphs = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Graphs")
  static let names = [
    "bert", "gemma", "gpt2", "llama", "minilm", "phi", "t5", "transformer", "vit",
  ]

  func model(_ name: String) throws -> Model {
    try Model(ModelSource(file: Self.graphs.appending(path: "\(name).weft")), weights: nil)
  }

  func bindings(_ entry: Entry) -> Bindings {
    var bindings = Bindings()
    for symbol in entry.graph.symbols { bindings[symbol] = symbol == "batch" ? 1 : 8 }
    return bindings
  }

  @Test(arguments: names)
  func `every entry is drawn at every detail`(name: String) throws {
    let model = try model(name)
    for entry in model.definition.entries.map(\.name) {
      let entry = try model.entry(entry)
      let diagrams = [
        try entry.diagram(options: .init(detail: .layers)), try entry.diagram(),
        try entry.diagram(after: "all"), try entry.planDiagram(for: bindings(entry)),
        try entry.comparisonDiagram(of: "all"),
      ]
      for diagram in diagrams {
        #expect(diagram.boxCount <= 200)
        #expect(try diagram.rendered(.svg).count > 5000)
        #expect(!diagram.dot.contains("took longer"))
      }
    }
  }

  @Test(arguments: names)
  func `each step of a plan is named in its picture`(name: String) throws {
    let entry = try model(name).entry()
    let bindings = bindings(entry)
    let dot = try entry.planDiagram(for: bindings).dot
    let named = dot.matches(of: /step-(\d+)/).compactMap { Int($0.1) }
    let steps = try entry.foreseenPlan(for: bindings).steps.count
    #expect(Set(named) == Set(0..<steps))
  }

  @Test func `a plan says what was fused into each step`() throws {
    let entry = try model("minilm").entry()
    let dot = try entry.planDiagram(for: bindings(entry)).dot
    for recipe in ["= 3 linear", "= linear + add", "= linear + gelu"] {
      #expect(dot.contains(recipe), "\(recipe)")
    }
  }

  @Test func `heat adds up to the whole, however it is drawn`() throws {
    let entry = try model("minilm").entry()
    let bindings = bindings(entry)
    func sum(_ kind: HeatKind, _ ofPlan: Bool) throws -> Double {
      try entry.heat(kind, ofPlan: ofPlan, bindings: bindings).values.values.reduce(0, +)
    }
    let parameters = entry.graph.parameters.reduce(0) { sum, parameter in
      sum + parameter.value.type.shape.dims.compactMap(\.value).reduce(1, *)
    }
    #expect(try sum(.params, false) == Double(parameters))
    #expect(try sum(.params, true) == Double(parameters))
    let flops = try (sum(.flops, false), sum(.flops, true))
    #expect(abs(flops.0 / flops.1 - 1) < 0.01)
  }

  @Test func `a profile's time is given to the ops as declared without a rest`() throws {
    let small = ["vocabulary": "50", "width": "16", "layers": "2", "heads": "2"]
    let model = try Model(
      ModelSource(file: Self.graphs.appending(path: "minilm.weft"), settings: small),
      weights: .random(seed: 1), threads: 1)
    let entry = try model.entry()
    let bindings = bindings(entry)
    let profile = try entry.profile(bindings: bindings, runs: 2)
    let whole = profile.steps.reduce(0) { $0 + $1.median }
    for ofPlan in [true, false] {
      let heat = try entry.heat(of: profile, ofPlan: ofPlan, bindings: bindings)
      let sum = heat.values.values.reduce(0, +)
      #expect(abs(sum - whole) <= whole * 1e-6, "\(ofPlan)")
    }
    let other = try self.model("minilm").entry()
    #expect(throws: DiagramFileError.self) {
      try other.heat(of: profile, ofPlan: true, bindings: bindings)
    }
  }
}
