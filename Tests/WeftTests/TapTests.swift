import Foundation
import Testing

@testable import Weft

/// What is inside of models: against PyTorch, against the ops' references, and against the run itself.
@Suite struct `Taps` {
  private static let tolerance = 2e-5
  /// Of the largest element: f32 has steps of 6e-8 of it, and MiniLM's feed-forward layers give
  /// numbers up to 218.
  private static let relativeTolerance = 2e-6

  /// The tensors that record-taps.py wrote, and the inputs.
  private func recorded(
    _ name: String
  ) throws -> (inputs: [String: Tensor], taps: [String: Tensor]) {
    let reader = try SafetensorsReader(
      contentsOf: Repository.folder.appending(
        path: "Tests/WeftTests/Reference/taps/\(name).safetensors"))
    var (inputs, taps): ([String: Tensor], [String: Tensor]) = ([:], [:])
    for name in reader.names {
      let tensor = try reader.tensor(named: name)
      if name.hasPrefix("in.") {
        inputs[String(name.dropFirst(3))] = tensor
      } else {
        taps[name] = tensor
      }
    }
    return (inputs, taps)
  }

  /// The largest difference, where equal infinities don't differ.
  private func difference(_ a: Tensor?, _ b: Tensor?) -> Double {
    guard let a, let b, a.dims == b.dims, a.dtype == b.dtype else { return .infinity }
    let difference = ValueDifference(a, b).largest
    return difference.isNaN ? .infinity : difference
  }

  private func expectRecorded(
    _ entry: Entry, _ name: String,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws {
    let (inputs, expected) = try recorded(name)
    let plain = bytes(try entry.run(inputs))
    let taps = try entry.taps(expected.keys.sorted())
    let found = try taps.run(inputs)
    #expect(Set(found.keys) == Set(expected.keys), sourceLocation: sourceLocation)
    for (name, tensor) in expected {
      let difference = difference(found[name], tensor)
      let largest = tensor.doubles.lazy.filter(\.isFinite).map(\.magnitude).max() ?? 0
      let tolerance = max(Self.tolerance, Self.relativeTolerance * largest)
      #expect(difference <= tolerance, "\(name): \(difference)", sourceLocation: sourceLocation)
    }
    #expect(bytes(try entry.run(inputs)) == plain, sourceLocation: sourceLocation)
  }

  @Test(arguments: ["bert", "gpt2"])
  func `what is inside agrees with PyTorch, and outputs keep their bytes`(name: String) throws {
    try expectRecorded(Reference.named(name).model().entry(), name)
  }

  @Test(arguments: ["minilm-0", "minilm-1", "minilm-2", "minilm-states"])
  func `MiniLM's inside agrees with PyTorch`(name: String) throws {
    try expectRecorded(MiniLMFolder.model().entry(), name)
  }

  @Test(arguments: ["bert", "gpt2"])
  func `every value with a name was recorded`(name: String) throws {
    let entry = try Reference.named(name).model().entry()
    let expected = try recorded(name).taps
    let points = TapPoints(of: try SurvivingValues(entry.graph, entry.shared.passes))
    let inputs = Set(entry.graph.inputs.compactMap(\.name))
    for point in points.listed where point.kind != .op && point.type.dtype.isFloatingPoint {
      let addresses = [point.address] + points.aliases(of: point)
      if addresses.contains(where: { inputs.contains($0) }) { continue }
      #expect(addresses.contains { expected[$0] != nil }, "\(addresses)")
    }
  }

  @Test(arguments: Reference.all)
  func `every value of every model agrees with the ops' references`(
    _ reference: Reference
  ) throws {
    let model = try reference.model()
    let entry = try model.entry()
    var given = try reference.inputs()
    let (bindings, ordered) = try InputBinding.bind(given, to: entry.graph)
    for (input, tensor) in zip(entry.graph.inputs, ordered) { given[input.name ?? ""] = tensor }
    for (value, parameter) in entry.graph.parameters {
      given[parameter.name] = try model.shared.weights.weight(for: parameter, type: value.type)
        .tensor
    }
    let points = TapPoints(of: try SurvivingValues(entry.graph, entry.shared.passes)).all
    var values: [(name: String, value: ValueID)] = []
    for point in points {
      if case .value(let value) = point.target { values.append((point.address, value)) }
    }
    let found = try entry.taps(values.map(\.name)).run(given)
    let expected = try GraphInterpreter.outputs(
      of: entry.graph.adding(outputs: values).binding(bindings), given: given)
    #expect(values.count > 40)
    for (name, value) in values {
      let largest = entry.graph.type(of: value).dtype.isFloatingPoint ? Self.tolerance : 0
      let difference = difference(found[name], expected[name])
      #expect(difference <= largest, "\(name): \(difference)")
    }
  }

  @Test(arguments: ["bert", "gpt2", "llama"])
  func `what a run has in memory is tapped byte for byte`(name: String) throws {
    let entry = try Reference.named(name).model().entry()
    let inputs = try Reference.named(name).inputs()
    let surviving = try SurvivingValues(entry.graph, entry.shared.passes)
    let points = TapPoints(of: surviving).listed.filter { point in
      if case .value = point.target { !point.isRecomputed } else { false }
    }
    let again = TapPoints(of: surviving).listed.filter(\.isRecomputed)
    #expect(points.count > 10 && again.count > 3)
    // Names made no difference to the passes.
    let running = try entry.compiled().graph.nodes
    #expect(running.count == surviving.compiled.nodes.count)
    for (a, b) in zip(running, surviving.compiled.nodes) {
      #expect(a.op.isEqual(to: b.op) && a.operands == b.operands && a.results == b.results)
    }
    // The graph that runs, with those values as outputs.
    var outputs: [(name: String, value: ValueID)] = []
    for point in points {
      guard case .value(let value) = point.target,
        !entry.graph.outputs.contains(where: { $0.name == point.address })
      else { continue }
      outputs.append((point.address, try #require(surviving.survivor(of: value))))
    }
    let whole = try PassManager([]).compile(surviving.compiled.adding(outputs: outputs))
    let planner = GraphPlanner(
      whole, weights: entry.shared.weights, table: entry.shared.table,
      packed: entry.shared.packed)
    let (bindings, ordered) = try InputBinding.bind(inputs, to: entry.graph)
    let results = try entry.run(planner.plan(for: bindings), ordered)
    let expected = zip(outputs.map(\.name), results.dropFirst(entry.graph.outputs.count))
    let taps = try entry.taps(points.map(\.address) + again.map(\.address))
    let found = bytes(try taps.run(inputs))
    for (name, tensor) in expected {
      #expect(found[name] == bytes([name: tensor])[name], "\(name)")
    }
  }

  @Test(arguments: ["bert", "gpt2", "t5"])
  func `any number of threads taps the same bytes`(name: String) throws {
    let reference = try Reference.named(name)
    let inputs = try reference.inputs()
    func tapped(_ threads: Int) throws -> [String: [UInt8]] {
      let entry = try reference.model(threads: threads).entry()
      return bytes(try entry.taps(entry.tapPoints().map(\.address)).run(inputs))
    }
    let expected = try tapped(1)
    for threads in [2, 5] { #expect(try tapped(threads) == expected) }
  }

  @Test func `heads are picked in the order that is asked for`() throws {
    let entry = try Reference.named("bert").model().entry()
    let inputs = try Reference.named("bert").inputs()
    let at = "encoder.layer.1.attention.self:probabilities"
    let all = try #require(try entry.taps([at]).run(inputs)[at])
    #expect(all.dims == [2, 4, 9, 9])
    let picked = try #require(try entry.taps([at + "[3,0]"]).run(inputs)[at + "[3,0]"])
    #expect(picked.dims == [2, 2, 9, 9])
    for batch in 0..<2 {
      for (i, head) in [3, 0].enumerated() {
        let part = picked.floats[((batch * 2 + i) * 81)...].prefix(81)
        #expect(part.elementsEqual(all.floats[((batch * 4 + head) * 81)...].prefix(81)))
      }
    }
    // The second sentence is six tokens long; the rest is hidden.
    for row in 0..<36 {
      let weights = all.floats[((4 * 9) + row) * 9..<((4 * 9) + row + 1) * 9]
      #expect(abs(weights.reduce(0, +) - 1) <= 1e-6)
      #expect(weights.suffix(3).allSatisfy { $0 == 0 })
    }
  }

  @Test func `sequences laid end to end attend to themselves`() throws {
    let model = try Reference.named("bert").model()
    let inputs = try Reference.named("bert").inputs()
    let row = try #require(inputs["input_ids"]).integers
    let kinds = try #require(inputs["token_type_ids"]).integers
    let packed = try model.entry("packed").taps(["encoder.layer.*:probabilities"]).run([
      "input_ids": try Tensor(.i32, dims: [15], integers: Array(row[..<9]) + row[9..<15]),
      "token_type_ids": try Tensor(.i32, dims: [15], integers: Array(kinds[..<9]) + kinds[9..<15]),
      "offsets": try Tensor(.i32, dims: [3], integers: [0, 9, 15]),
    ])
    let padded = try model.entry("main").taps(["encoder.layer.*:probabilities"]).run(inputs)
    #expect(packed.count == 2 && packed.keys == padded.keys)
    for (name, tensor) in packed {
      #expect(tensor.dims == [1, 4, 15, 15])
      let other = try #require(padded[name])
      for head in 0..<4 {
        for query in 0..<15 {
          for key in 0..<15 {
            let (batch, start) = query < 9 ? (0, 0) : (1, 9)
            let inside = (key < 9) == (query < 9)
            let expected =
              inside
              ? other.double(
                at: ((batch * 4 + head) * 9 + query - start) * 9 + key - start) : 0
            let found = tensor.double(at: (head * 15 + query) * 15 + key)
            #expect(abs(found - expected) <= Self.tolerance)
          }
        }
      }
    }
  }

  @Test(arguments: ["bert", "gpt2"])
  func `in 8 and 16 bits, taps are of the run`(name: String) throws {
    let reference = try Reference.named(name)
    let inputs = try reference.inputs()
    let original = try reference.model()
    let quantized = try ModelQuantizer(original).quantize().model
    var half: [String: StoredWeight] = [:]
    for (parameter, type) in Model.parameters(of: original.definition) {
      let weight = try original.shared.weights.weight(for: parameter, type: type).tensor
      half[parameter.name] = .dense(try #require(weight).converted(to: .f16))
    }
    for model in [quantized, Model(original, weights: HeldWeights(weights: half))] {
      let entry = try model.entry()
      let outputs = bytes(try entry.run(inputs))
      let listed = try entry.tapPoints().map(\.address)
      let more = outputs.keys.filter { !listed.contains($0) }
      let tapped = try entry.taps(listed + more).run(inputs)
      let found = bytes(tapped)
      for (name, output) in outputs { #expect(found[name] == output, "\(name)") }
      // A gelu's input is computed again, by the same kernels: what follows from it is what the run has.
      let (before, after) =
        name == "bert"
        ? ("encoder.layer.0.intermediate.dense", "encoder.layer.0:hidden")
        : ("transformer.h.0.mlp.c_fc", "transformer.h.0:hidden")
      let input = try #require(tapped[before])
      let op = name == "bert" ? Gelu() : try Gelu(["approximation": .string("tanh")])
      #expect(difference(tapped[after], try op.evaluate([input])[0]) <= Self.tolerance)
    }
  }
}
