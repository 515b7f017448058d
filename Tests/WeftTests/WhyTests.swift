import Foundation
import Testing
import Weft

/// What `weft why` is made of, on every shipped graph: no line and no step is lost.
@Suite struct `Why` {
  @Test(arguments: ShippedGraph.all)
  func `every line with an op has a fate`(_ shipped: ShippedGraph) throws {
    let model = try shipped.model(seed: 1)
    for graph in model.definition.entries {
      let report = try model.why(entry: graph.name)
      let unused = model.definition.unusedNodes[graph.name] ?? []
      #expect(report.nodeCount == graph.nodes.count + unused.count)
      var told: [String: Int] = [:]
      for line in report.lines {
        for op in line.ops {
          #expect(op.fates.reduce(0) { $0 + $1.count } == op.count)
          told["\(line.range.file):\(line.range.line)", default: 0] += op.count
          for fate in op.fates { expectTold(fate, "\(shipped) \(line.range.line) \(op.op)") }
        }
        #expect(!line.range.text.isEmpty)
      }
      var written: [String: Int] = [:]
      for origin in graph.nodes.map(\.origin) + unused.map(\.origin) {
        let location = try #require(origin.location)
        written["\(location.file):\(location.line)", default: 0] += 1
      }
      #expect(told == written)
    }
  }

  /// A fate says where the nodes went.
  private func expectTold(_ fate: WhyReport.Fate, _ what: String) {
    switch fate.kind {
    case .step, .view, .beforeRun: #expect(!fate.results.isEmpty, "\(what)")
    case .constant, .simplified, .dropped: #expect(!fate.events.isEmpty, "\(what)")
    }
  }

  @Test(arguments: ShippedGraph.all)
  func `stories agree with origins`(_ shipped: ShippedGraph) throws {
    for graph in try shipped.model(seed: 1).definition.entries {
      let compiled = try PassManager(Pipeline.standard).compile(graph, tracingLineage: true)
      let stories = try #require(compiled.lineage).stories
      #expect(stories.count == graph.nodes.count)
      for (node, story) in zip(graph.nodes, stories) {
        #expect(!story.nodes.isEmpty || !story.events.isEmpty)
        // Origins are merged on another way: each node that stands for this one has its line.
        for result in story.nodes {
          let sites = compiled.graph[result].origin.sites
          #expect(node.origin.sites.allSatisfy(sites.contains), "\(node.op.name)")
        }
      }
      let reached = Set(stories.flatMap { $0.nodes + $0.helpers })
      #expect(reached == Set(compiled.graph.nodes.map(\.id)), "a node comes from no line")
    }
  }

  @Test(arguments: ShippedGraph.all)
  func `every step is told by a line`(_ shipped: ShippedGraph) throws {
    let model = try shipped.model(seed: 1)
    for graph in model.definition.entries {
      let entry = try model.entry(graph.name)
      var bindings = Bindings()
      for symbol in graph.symbols { bindings[symbol] = shipped.bindings[0][symbol] ?? 4 }
      let planned = try entry.plan(for: bindings)
      let report = try model.why(entry: graph.name, bindings: bindings)
      let told = Set(report.lines.flatMap(\.ops).flatMap(\.fates).flatMap(\.steps))
      let steps = planned.steps.indices.filter { planned.steps[$0].node != nil }
      #expect(Set(steps).subtracting(told) == [], "\(graph.name)")
      #expect(report.stepCount == steps.count)
      let inPlace = report.lines.flatMap(\.ops).flatMap(\.fates).contains { $0.isInPlace }
      #expect(inPlace == (planned.inPlaceCount > 0))
      let kernels = Set(report.lines.flatMap(\.ops).flatMap(\.fates).flatMap(\.kernels))
      #expect(kernels == Set(steps.map { planned.steps[$0].kernel }))
    }
  }

  @Test func `near misses of the shipped graphs are few, and say what to change`() throws {
    var misses: [String] = []
    for shipped in ShippedGraph.all {
      let model = try shipped.model(seed: 1)
      for graph in model.definition.entries {
        for line in try model.why(entry: graph.name).lines {
          for miss in line.nearMisses {
            #expect(!miss.predicate.isEmpty && !miss.hint.isEmpty && !miss.place.isEmpty)
            misses.append("\(shipped.name) \(graph.name) \(miss.pass) \(miss.predicate)")
          }
        }
      }
    }
    // Sine and cosine share the angle of a turn: it is computed once, and no chain goes through it.
    let turns = ["prefill", "decode"].flatMap { entry in
      Array(repeating: "\(entry) fuse-elementwise sole-use", count: 2)
    }
    let expected =
      ["gemma", "llama", "phi"].flatMap { name in turns.map { "\(name) \($0)" } } + [
        "gemma decode fuse-norm adjacent", "gpt2 main fuse-embedding sole-use",
        "minilm main fuse-elementwise same-shape", "vit main fuse-norm same-shape",
      ]
    #expect(misses.sorted() == expected.sorted())
  }

  @Test func `lines, files and layers are found`() throws {
    let model = try ShippedGraph.named("minilm").model(seed: 1)
    #expect(try model.why("28").lines.map(\.range.line) == [28])
    let layer = try model.why("encoder.layer[0].attention")
    #expect(layer.lines == (try model.why("encoder.layer.0.attention")).lines)
    #expect(layer.nodeCount == 6)
    #expect(try model.why("encoder.layer[*].attention").nodeCount == 2 * 6)
    let call = try model.why("33")
    #expect(call.nodeCount == 2 * 12)
    #expect(call.notes.joined().contains("a call of BertLayer"))
    let file = try model.why("layers/encoder.weft")
    #expect(Set(file.lines.map { $0.range.file.hasSuffix("layers/encoder.weft") }) == [true])
    // The sums of two layers, and the norms that are called on them.
    #expect(try model.why("encoder.weft:13").nodeCount == 4)
  }

  @Test func `a line without an op says what stands there`() throws {
    let model = try ShippedGraph.named("minilm").model(seed: 1)
    let report = try model.why("embeddings.weft:21")
    #expect(report.lines.isEmpty)
    let notes = report.notes.joined(separator: "\n")
    #expect(notes.contains("No op of entry 'main' stands there"))
    #expect(notes.contains("Entry 'packed' computes it"))
    #expect(notes.contains("Lines near with ops: 13, 18, 23"))
    let parameter = try model.why("basics.weft:6").notes.joined()
    #expect(parameter.contains("it is the parameter 'weight'"))
  }

  @Test(arguments: [
    ("900", "minilm.weft has 58 lines, there is no line 900"), ("0", "there is no line 0"),
    ("encodr.weft:3", "did you mean 'encoder.weft'?"),
    ("layer.0.attention", "did you mean 'encoder.layer.0.attention'?"),
    ("encoder.layer.7", "did you mean 'encoder.layer.0'?"), ("xyz", "the model has no layer 'xyz'"),
  ])
  func `what isn't there is said`(place: String, message: String) throws {
    let model = try ShippedGraph.named("minilm").model(seed: 1)
    let error = #expect(throws: WhyError.self) { try model.why(place) }
    #expect("\(try #require(error))".contains(message), "\(String(describing: error))")
  }

  @Test func `a file name that two files have is ambiguous`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "weft-why-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    for part in ["a", "b"] {
      let sub = folder.appending(path: part)
      try FileManager.default.createDirectory(at: sub, withIntermediateDirectories: true)
      try Data(
        "layer \(part.uppercased())(x: f32[n]) -> f32[n] {\n  return exp(x)\n}\n".utf8
      ).write(to: sub.appending(path: "same.weft"))
    }
    let root = folder.appending(path: "m.weft")
    try Data(
      """
      import "a/same.weft"
      import "b/same.weft"

      model M {
        input x: f32[n]
        output y = A(B(x) as b) as a
      }
      """.utf8
    ).write(to: root)
    let model = try Model(ModelSource(file: root), weights: .random(seed: 0))
    let error = #expect(throws: WhyError.self) { try model.why("same.weft:2") }
    guard case .ambiguousFile("same.weft", let candidates)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(candidates.count == 2)
    #expect(try model.why("b/same.weft:2").nodeCount == 1)
  }

  @Test func `a pass tells what it did and nearly did`() throws {
    let model = try ShippedGraph.named("gpt2").model(seed: 1)
    let report = try model.why(pass: "fuse-embedding")
    #expect(report.applied.isEmpty)
    #expect(report.lines.map(\.range.line) == [30])
    let linear = try model.why(pass: "fuse-linear")
    #expect(linear.applied.map(\.count).reduce(0, +) == 2 * 6)
    #expect(linear.lines.isEmpty)
    let error = #expect(throws: WhyError.self) { try model.why(pass: "fuse-linaer") }
    #expect("\(try #require(error))".hasSuffix("did you mean 'fuse-linear'?"))
  }
}

extension ShippedGraph {
  fileprivate static func named(_ name: String) throws -> ShippedGraph {
    try #require(all.first { $0.name == name })
  }
}
