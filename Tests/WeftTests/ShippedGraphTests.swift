import Foundation
import Testing
import Weft

/// A file of Graphs/ with config values that make it small, and dimensions to run it with.
struct ShippedGraph: Sendable, CustomTestStringConvertible {
  let name: String
  /// Config values for a model that runs in milliseconds.
  let small: [String: String]
  /// Config values for one whose memory is planned: as shipped, but for what only repeats.
  var planned: [String: String] = [:]
  /// Dimensions, small and usual and odd.
  let bindings: [Bindings]

  var testDescription: String { name }

  func model(seed: UInt64, threads: Int? = nil) throws -> Model {
    try Model(
      ModelSource(file: Repository.graph(name), settings: small), weights: .random(seed: seed),
      threads: threads)
  }

  private static let encoder = [
    "layers": "2", "width": "48", "heads": "4", "vocabulary": "100", "positions": "64",
  ]
  private static let one: [Bindings] = [
    [
      "batch": 1, "tokens": 16, "sequences": 3, "wanted": 1, "slots": 1, "capacity": 64,
    ],
    [
      "batch": 1, "tokens": 128, "sequences": 9, "wanted": 5, "slots": 2, "capacity": 64,
    ],
    [
      "batch": 3, "tokens": 37, "sequences": 1, "wanted": 37, "slots": 7, "capacity": 6,
    ],
  ]
  private static let two: [Bindings] = [
    ["batch": 1, "source": 16, "target": 4], ["batch": 1, "source": 128, "target": 128],
    ["batch": 3, "source": 37, "target": 51],
  ]

  static let all = [
    ShippedGraph(name: "bert", small: encoder, planned: ["vocabulary": "1000"], bindings: one),
    ShippedGraph(
      name: "gemma",
      small: [
        "layers": "2", "width": "48", "heads": "4", "kv_heads": "2", "head_size": "16",
        "inner": "80", "vocabulary": "100", "kinds": "sliding_attention,sliding_attention",
        "known_kinds": "2",
      ],
      planned: ["layers": "2", "vocabulary": "1000"], bindings: one),
    ShippedGraph(name: "gpt2", small: encoder, planned: ["vocabulary": "1000"], bindings: one),
    ShippedGraph(
      name: "llama",
      small: [
        "layers": "2", "width": "48", "heads": "4", "kv_heads": "2", "inner": "80",
        "vocabulary": "100",
      ],
      planned: ["layers": "2", "vocabulary": "1000"], bindings: one),
    ShippedGraph(name: "minilm", small: encoder, planned: ["vocabulary": "1000"], bindings: one),
    ShippedGraph(
      name: "phi",
      small: [
        "layers": "2", "width": "48", "heads": "4", "inner": "80", "vocabulary": "100",
      ],
      planned: ["layers": "2", "vocabulary": "1000"], bindings: one),
    ShippedGraph(
      name: "t5",
      small: [
        "encoder_layers": "2", "decoder_layers": "2", "width": "48", "heads": "4",
        "head_size": "12", "inner": "96", "vocabulary": "100",
      ],
      planned: ["vocabulary": "1000"], bindings: two),
    ShippedGraph(
      name: "transformer",
      small: [
        "encoder_layers": "2", "decoder_layers": "2", "d_model": "48", "heads": "4",
        "vocabulary": "100",
      ],
      planned: ["vocabulary": "1000"], bindings: two),
    ShippedGraph(
      name: "vit",
      small: [
        "layers": "2", "width": "48", "heads": "4", "image": "32", "patch": "8",
        "labels": "5",
      ],
      bindings: [["batch": 1], ["batch": 2], ["batch": 5]]),
  ]
}

@Suite struct `Shipped graphs` {
  @Test func `all files of Graphs are tested`() throws {
    let files = try FileManager.default.contentsOfDirectory(
      atPath: Repository.folder.appending(path: "Graphs").path)
    let names = files.filter { $0.hasSuffix(".weft") }.map { String($0.dropLast(5)) }
    #expect(names.sorted() == ShippedGraph.all.map(\.name))
  }

  @Test(arguments: ShippedGraph.all)
  func `random weights are the same for one seed, and differ for another`(
    _ graph: ShippedGraph
  ) throws {
    func outputs(_ seed: UInt64, threads: Int) throws -> [String: Tensor] {
      let entry = try graph.model(seed: seed, threads: threads).entry()
      let bindings = graph.bindings[0].of(entry)
      return try entry.run(entry.randomInputs(bindings: bindings, seed: 7))
    }
    let first = try outputs(1, threads: 1)
    #expect(try bytes(outputs(1, threads: 3)) == bytes(first))
    let other = try outputs(2, threads: 1)
    for (name, tensor) in first {
      #expect(tensor.doubles.allSatisfy { $0.isFinite }, "\(name)")
      #expect(largestDifference(tensor, other[name]) > 1e-3, "\(name)")
    }
  }

  @Test(arguments: ShippedGraph.all)
  func `every entry runs, and gives what its graph says`(_ graph: ShippedGraph) throws {
    let model = try graph.model(seed: 3)
    for definition in model.definition.entries {
      let entry = try model.entry(definition.name)
      for bindings in graph.bindings {
        let known = Bindings(
          Dictionary(
            uniqueKeysWithValues: entry.graph.symbols.map { ($0, min(bindings[$0] ?? 0, 64)) }))
        let outputs = try entry.run(
          entry.randomInputs(bindings: known, seed: 1), bindings: known)
        for output in entry.graph.outputs {
          let type = try entry.graph.type(of: output.value).substituting(known)
          #expect(outputs[output.name]?.type == type, "\(entry.name) \(known)")
        }
      }
    }
  }

  @Test(arguments: ShippedGraph.all)
  func `memory is planned close to its lower bound`(_ graph: ShippedGraph) throws {
    let model = try Model(
      ModelSource(file: Repository.graph(graph.name), settings: graph.planned),
      weights: .random(seed: 1))
    for definition in model.definition.entries {
      let entry = try model.entry(definition.name)
      for bindings in graph.bindings {
        let report = try entry.compilationReport(bindings: bindings.of(entry))
        let memory = try #require(report.memory)
        #expect(memory.lowerBound > 0)
        #expect(memory.arena >= memory.lowerBound)
        #expect(memory.ratio <= 1.02, "\(entry.name) \(bindings)")
      }
    }
  }

  @Test(arguments: ShippedGraph.all)
  func `a diagram draws equal layers once`(_ graph: ShippedGraph) throws {
    let entry = try graph.model(seed: 1).entry()
    let isCollapsed = try entry.diagram().dot.contains("<B>× 2</B>")
    let isExpanded = try !entry.diagram(options: .init(expansion: .all)).dot.contains("<B>× 2</B>")
    #expect(isCollapsed && isExpanded)
  }
}

extension Bindings {
  /// Those of the symbols that `entry` has.
  func of(_ entry: Entry) -> Bindings {
    Bindings(
      Dictionary(uniqueKeysWithValues: entry.graph.symbols.map { ($0, self[$0] ?? 0) }))
  }
}
