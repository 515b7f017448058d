import Foundation
import Testing

@testable import Weft

@Suite struct `Memory of shipped graphs` {
  @Test(arguments: ShippedGraph.all)
  func `what is told before a run is what the run's plan has`(_ graph: ShippedGraph) throws {
    let model = try graph.model(seed: 1, threads: 2)
    for definition in model.definition.entries {
      let entry = try model.entry(definition.name)
      let bindings = graph.bindings[0].of(entry)
      let told = try entry.memoryReport(bindings: bindings)
      let planned = try entry.plan(for: bindings)
      #expect(told.arena == planned.plan.arenaByteCount)
      #expect(told.map.count == planned.buffers.count)
      #expect(told.steps.map(\.op) == planned.steps.map(\.op))
      // The sketch of the last pass, without weights or kernels, agrees with the plan.
      #expect(told.passes?.last?.lowerBound == told.lowerBound, "\(entry.name)")
      let resident = try #require(told.resident)
      let outputs = try entry.run(
        entry.randomInputs(bindings: bindings, seed: 1), bindings: bindings)
      #expect(resident.outputs == outputs.values.reduce(0) { $0 + $1.byteCount })
      #expect(resident.storedWeights == told.storedWeights)
    }
  }

  @Test(arguments: ShippedGraph.all)
  func `packed weights take what they were said to take`(_ graph: ShippedGraph) throws {
    let model = try graph.model(seed: 1)
    let entry = try model.entry()
    let bindings = graph.bindings[0].of(entry)
    let told = try entry.foresight(bindings, MemorySetting(entry))
    _ = try entry.plan(for: bindings)
    // What is computed of weights is told with them, and isn't packed.
    #expect(told.packed.byteCount >= model.shared.packed.byteCount)
    #expect(told.report.constants > 0)
  }

  @Test(arguments: ShippedGraph.all)
  func `an order that takes little memory gives the same bytes`(_ graph: ShippedGraph) throws {
    func outputs(lowMemory: Bool) throws -> [String: Tensor] {
      let model = try Model(
        ModelSource(file: Repository.graph(graph.name), settings: graph.small),
        weights: .random(seed: 4), lowMemory: lowMemory)
      let entry = try model.entry()
      let bindings = graph.bindings[0].of(entry)
      return try entry.run(entry.randomInputs(bindings: bindings, seed: 7))
    }
    let (usual, little) = (try outputs(lowMemory: false), try outputs(lowMemory: true))
    for (name, tensor) in usual {
      #expect(
        tensor.withUnsafeBytes(Array.init) == little[name]?.withUnsafeBytes(Array.init), "\(name)")
    }
  }

  @Test func `a model is made to fit by what is allowed`() throws {
    let model = try Model(
      ModelSource(file: Repository.graph("gpt2"), settings: ["layers": "2"]), weights: nil)
    let bindings: Bindings = ["batch": 1, "tokens": 32]
    // The tests beside this one take much more, and not always the same.
    let process = 30 << 20
    let roomy = try model.fit(
      4 << 30, bindings: bindings, allowing: [.f16, .int8Dynamic], process: process)
    #expect(roomy.fits && roomy.choices.isEmpty && roomy.scheme == nil)
    let half = try model.fit(
      roomy.peak * 3 / 4, bindings: bindings, allowing: [.f16, .int8Dynamic], process: process)
    #expect(half.fits)
    #expect(half.scheme == .f16)
    #expect(half.before - half.choices.reduce(0) { $0 + $1.saved } == half.peak)
    let refused = try model.fit(roomy.peak * 3 / 4, bindings: bindings, process: process)
    #expect(!refused.fits && refused.scheme == nil)
    #expect(refused.hints.contains { $0.hasPrefix("--allow f16 would take") })
    #expect(refused.parts.first?.name == "transformer.wte.weight")
    #expect(refused.parts.first?.line.contains("gpt2.weft:") == true)
    #expect(refused.parts.map(\.byteCount) == refused.parts.map(\.byteCount).sorted(by: >))
    let text = half.text(
      graph: "Graphs/gpt2.weft", weights: "--weights W", settings: ["--set layers=2"])
    #expect(
      text.contains(
        "weft quantize Graphs/gpt2.weft --weights W --set layers=2 --scheme f16 -o gpt2-f16"))
  }

  @Test func `f16 takes half, and refuses what it doesn't hold`() throws {
    let tensor = try Tensor(dims: [2, 2], floats: [1, 2, 3, 65504])
    #expect(try StoredForm.dense(.f16).stored(tensor, name: "w").byteCount == 8)
    let large = try Tensor(dims: [2], floats: [1, -70000])
    #expect(
      throws: QuantizationError.tooLarge(weight: "w", index: 1, value: -70000)
    ) { try StoredForm.dense(.f16).stored(large, name: "w") }
  }
}
