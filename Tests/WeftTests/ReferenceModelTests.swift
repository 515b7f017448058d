import Testing
import Weft

/// What PyTorch answered, and what Weft does.
@Suite struct `Reference models` {
  static let tolerance = 2e-5

  private func expectClose(
    _ found: [String: Tensor], _ expected: [String: Tensor],
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) {
    #expect(Set(found.keys) == Set(expected.keys), sourceLocation: sourceLocation)
    for (name, tensor) in expected {
      let difference = largestDifference(found[name], tensor)
      #expect(difference <= Self.tolerance, "\(name)", sourceLocation: sourceLocation)
    }
  }

  @Test(arguments: Reference.all)
  func `outputs agree with PyTorch`(_ reference: Reference) throws {
    let outputs = try reference.model().entry().run(reference.inputs())
    expectClose(outputs, try reference.outputs())
  }

  @Test(arguments: Reference.all)
  func `any number of threads gives the same bytes`(_ reference: Reference) throws {
    let inputs = try reference.inputs()
    let expected = bytes(try reference.model(threads: 1).entry().run(inputs))
    for threads in [2, 5] {
      let entry = try reference.model(threads: threads).entry()
      for _ in 0..<3 { #expect(bytes(try entry.run(inputs)) == expected, "\(threads) threads") }
    }
  }

  @Test(arguments: Reference.all, InstructionSet.available)
  func `every instruction set agrees with PyTorch`(
    _ reference: Reference, _ instructions: InstructionSet
  ) throws {
    let outputs = try reference.model(instructions: instructions).entry().run(reference.inputs())
    expectClose(outputs, try reference.outputs())
  }

  @Test(arguments: Reference.all)
  func `references of the ops agree with what runs`(_ reference: Reference) throws {
    let model = try reference.model()
    let entry = try model.entry()
    var given = try reference.inputs()
    let outputs = try entry.run(given)
    let bindings = Bindings(
      zip(entry.graph.inputs, entry.graph.inputs.map { given[$0.name ?? ""]?.dims ?? [] })
        .reduce(into: [:]) { values, input in
          for (dim, extent) in zip(input.0.type.shape.dims, input.1) {
            if let symbol = dim.symbol { values[symbol] = extent }
          }
        })
    let weights = try CheckpointWeights(
      Model.parameters(of: model.definition),
      at: reference.folder.appending(path: "model.safetensors"))
    for (value, parameter) in entry.graph.parameters {
      given[parameter.name] = try weights.weight(for: parameter, type: value.type).tensor
    }
    let bound = try entry.graph.binding(bindings)
    expectClose(outputs, try GraphInterpreter.outputs(of: bound, given: given))
  }

  @Test func `T5's halves together are the whole`() throws {
    let reference = try Reference.named("t5")
    let model = try reference.model()
    let inputs = try reference.inputs()
    let encoded = try model.entry("encode").run(["input_ids": #require(inputs["input_ids"])])
    let memory = try #require(encoded["encoder_last_hidden_state"])
    let decoded = try model.entry("decode").run([
      "decoder_input_ids": #require(inputs["decoder_input_ids"]),
      "encoder_last_hidden_state": memory,
    ])
    let whole = try model.entry("main").run(inputs)
    expectClose(encoded.merging(decoded) { first, _ in first }, whole)
  }

  @Test func `a batch's rows don't hang on each other`() throws {
    let reference = try Reference.named("gpt2")
    let entry = try reference.model().entry()
    let ids = try #require(try reference.inputs()["input_ids"])
    let whole = try #require(try entry.run(["input_ids": ids])["logits"]).doubles
    let row = try Tensor(
      .i32, dims: [1, ids.dims[1]], integers: Array(ids.integers.prefix(ids.dims[1])))
    let alone = try #require(try entry.run(["input_ids": row])["logits"]).doubles
    for (a, b) in zip(alone, whole) { #expect(abs(a - b) <= 1e-6) }
  }

  @Test func `a trace has every step of the plan, with its line`() throws {
    let entry = try Reference.named("bert").model().entry()
    let trace = Trace()
    _ = try entry.run(try Reference.named("bert").inputs(), trace: trace)
    let planned = try entry.plan(for: ["batch": 2, "tokens": 9])
    let profile = Profile(of: planned, runs: trace.runs)
    #expect(profile.steps.count == planned.plan.steps.count)
    #expect(profile.steps.allSatisfy { !$0.lines.isEmpty })
  }
}
