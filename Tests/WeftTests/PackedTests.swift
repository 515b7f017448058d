import Testing
import Weft

/// Sequences laid end to end give what the rows of a padded batch give.
@Suite struct `Packed sequences` {
  /// The reference inputs of BERT without their padding, each sequence whole, and the rows of
  /// `hidden` [batch, tokens, width] that belong to it.
  private struct Packed {
    var inputs: [String: Tensor]
    /// Positions of the tokens in the padded batch.
    var places: [Int] = []
    var offsets = [0]

    init(_ padded: [String: Tensor]) throws {
      let mask = try #require(padded["attention_mask"])
      let tokens = mask.dims[1]
      for row in 0..<mask.dims[0] {
        places += (row * tokens..<(row + 1) * tokens).filter { mask.integer(at: $0) != 0 }
        offsets.append(places.count)
      }
      inputs = ["offsets": try Tensor(.i32, dims: [offsets.count], integers: offsets)]
      for name in ["input_ids", "token_type_ids"] {
        let tensor = try #require(padded[name])
        inputs[name] = try Tensor(
          .i32, dims: [places.count], integers: places.map { tensor.integer(at: $0) })
      }
    }
  }

  private let reference = Reference(name: "bert")

  @Test(arguments: InstructionSet.available)
  func `BERT gives PyTorch's hidden states and pooled ones`(_ set: InstructionSet) throws {
    let packed = try Packed(reference.inputs())
    let entry = try reference.model(instructions: set).entry("packed")
    let outputs = try entry.run(packed.inputs)
    let expected = try reference.outputs()
    let hidden = try #require(expected["last_hidden_state"])
    let width = hidden.dims[2]
    let rows = packed.places.flatMap { place in
      (0..<width).map { hidden.double(at: place * width + $0) }
    }
    let whole = try Tensor(.f32, dims: [packed.places.count, width], doubles: rows)
    #expect(packed.places.count < hidden.dims[0] * hidden.dims[1], "nothing was padded")
    #expect(largestDifference(outputs["last_hidden_state"], whole) <= 2e-5)
    #expect(largestDifference(outputs["pooler_output"], expected["pooler_output"]) <= 2e-5)
  }

  @Test func `any number of threads gives the same bytes, and references agree`() throws {
    let packed = try Packed(reference.inputs())
    let expected = try reference.model(threads: 1).entry("packed").run(packed.inputs)
    for threads in [2, 5] {
      let entry = try reference.model(threads: threads).entry("packed")
      #expect(bytes(try entry.run(packed.inputs)) == bytes(expected), "\(threads) threads")
    }
    let model = try reference.model()
    let entry = try model.entry("packed")
    var given = packed.inputs
    let weights = try CheckpointWeights(
      Model.parameters(of: model.definition),
      at: reference.folder.appending(path: "model.safetensors"))
    for (value, parameter) in entry.graph.parameters {
      given[parameter.name] = try weights.weight(for: parameter, type: value.type).tensor
    }
    let bound = try entry.graph.binding(
      ["tokens": packed.places.count, "sequences": packed.offsets.count - 1])
    let slow = try GraphInterpreter.outputs(of: bound, given: given)
    for (name, tensor) in slow { #expect(largestDifference(expected[name], tensor) <= 2e-5) }
  }

  @Test(arguments: ["bert", "minilm"])
  func `all that is fused in a padded batch is fused here, too`(_ name: String) throws {
    let model = try Model(
      ModelSource(file: Repository.graph(name), settings: ["layers": "2"]),
      weights: .random(seed: 1))
    let names = try model.entry("packed").compiled().graph.nodes.map(\.op.name)
    #expect(names.count { $0 == "embedding_norm" } == 1)
    #expect(names.count { $0 == "merged_linear" } == 2)
    #expect(names.count { $0 == "layer_norm" } == 4)
    #expect(names.count { $0 == "attention" } == 2)
    #expect(!names.contains { ["add", "gelu", "embedding_lookup"].contains($0) })
  }

  @Test(arguments: [
    ([0, 5, 3], "offset 3 at [2] must be from 5 to 6"), ([1, 2, 3], "offset 1 at [0] must be 0"),
    ([0, 2, 7], "offset 7 at [2] must be from 2 to 6"),
  ])
  func `wrong offsets name the line, and the model stays usable`(
    _ offsets: [Int], _ text: String
  ) throws {
    let model = try Model(
      ModelSource(file: Repository.graph("minilm"), settings: ["layers": "1"]),
      weights: .random(seed: 1))
    let entry = try model.entry("packed")
    func inputs(_ offsets: [Int]) throws -> [String: Tensor] {
      [
        "input_ids": try Tensor(.i32, dims: [6], integers: [1, 2, 3, 4, 5, 6]),
        "offsets": try Tensor(.i32, dims: [offsets.count], integers: offsets),
      ]
    }
    let good = bytes(try entry.run(inputs([0, 2, 6])))
    do {
      _ = try entry.run(inputs(offsets))
      Issue.record("no error")
    } catch {
      #expect("\(error)".contains(".weft:"))
      #expect("\(error)".contains(text))
    }
    #expect(bytes(try entry.run(inputs([0, 2, 6]))) == good)
    #expect(throws: ModelError.self) { try entry.run(inputs([])) }
    #expect(throws: (any Error).self) { try entry.run(inputs([0])) }
    #expect(try entry.run(inputs([0, 0]))["embedding"]?.doubles.allSatisfy { $0 == 0 } == true)
  }

  @Test func `a sequence without tokens and tokens without a sequence change nothing`() throws {
    let model = try Model(
      ModelSource(file: Repository.graph("minilm"), settings: ["layers": "2"]),
      weights: .random(seed: 1))
    let entry = try model.entry("packed")
    let ids = (0..<40).map { 7 * $0 + 1 }
    func vectors(_ ids: [Int], _ offsets: [Int]) throws -> [Float] {
      let outputs = try entry.run([
        "input_ids": try Tensor(.i32, dims: [ids.count], integers: ids),
        "offsets": try Tensor(.i32, dims: [offsets.count], integers: offsets),
      ])
      return try #require(outputs["embedding"]).floats
    }
    let plain = try vectors(ids, [0, 9, 40])
    let padded = try vectors(ids + Array(repeating: 0, count: 24), [0, 9, 9, 40, 40, 40])
    #expect(padded == plain.prefix(384) + zeros(1) + plain.suffix(384) + zeros(2))
  }

  private func zeros(_ rows: Int) -> [Float] { Array(repeating: 0, count: 384 * rows) }
}
