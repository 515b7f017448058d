import Foundation
import Testing
import Weft

/// The reference models as GGUF files (Reference/record-gguf.py), under the graph files that serve
/// Hugging Face's folders.
@Suite struct `GGUF models` {
  static func file(_ name: String) -> URL {
    Repository.folder.appending(path: "Tests/WeftTests/Reference/gguf/\(name).gguf")
  }

  private func model(_ name: String, _ kind: String, graph: URL? = nil) throws -> Model {
    let weights = WeightOrigin.checkpoint(Self.file("\(name).\(kind)"))
    return try Model(
      ModelSource(file: graph ?? Repository.graph(name), configuration: weights.configuration),
      weights: weights)
  }

  private func difference(_ name: String, _ kind: String) throws -> Double {
    let reference = try Reference.named(name)
    let found = try model(name, kind).entry().run(reference.inputs())["logits"]
    return largestDifference(found, try reference.outputs()["logits"])
  }

  @Test(arguments: ["llama", "gpt2"])
  func `f32 is what PyTorch answered`(_ name: String) throws {
    #expect(try difference(name, "f32") <= 2e-5)
  }

  @Test(arguments: ["llama", "gpt2"])
  func `f16 and blocks are near`(_ name: String) throws {
    let wholly = try difference(name, "f16")
    let blocks = try difference(name, "q8_0")
    #expect(wholly > 0 && wholly <= 3e-3)
    #expect(blocks > 0 && blocks <= 6e-2)
  }

  /// The weights themselves: of f32 exactly, of blocks what the same rows of the original round to.
  @Test(arguments: ["llama", "gpt2"])
  func `weights have their names, shapes and rows`(_ name: String) throws {
    let reference = try Reference.named(name)
    let original = try Checkpoint(contentsOf: reference.folder)
    let whole = try Checkpoint(contentsOf: Self.file("\(name).f32"))
    let blocks = try Checkpoint(contentsOf: Self.file("\(name).q8_0"))
    #expect(whole.names == original.names)
    for tensor in original.names {
      let isTurned = name == "gpt2" && tensor.contains(".h.") && tensor.hasSuffix("weight")
      let expected = try original.tensor(named: tensor)
      if isTurned, expected.dims.count == 2 {
        #expect(try whole.tensor(named: tensor).dims == expected.dims.reversed())
        continue
      }
      let found = try whole.tensor(named: tensor)
      #expect(found.dims == expected.dims)
      #expect(found.floats == expected.floats, "\(tensor)")
      let near = try blocks.tensor(named: tensor).floats
      let most = expected.floats.map(abs).max() ?? 0
      let difference = zip(near, expected.floats).map { abs($0 - $1) }.max() ?? .infinity
      #expect(difference <= most / 200, "\(tensor)")
    }
  }

  @Test func `the configuration has Hugging Face's keys`() throws {
    let config = try ModelConfig(contentsOf: Self.file("llama.q8_0"))
    #expect(try config.string(at: "model_type") == "llama")
    #expect(try config.string(at: "architectures.0") == "LlamaForCausalLM")
    #expect(try config.integer(at: "hidden_size") == 32)
    #expect(try config.integer(at: "num_key_value_heads") == 2)
    #expect(try config.double(at: "rms_norm_eps") == 1e-5)
    #expect(try config.integer(at: "vocab_size") == 96)
    #expect(try config.bool(at: "tie_word_embeddings") == false)
    let gpt2 = try ModelConfig(contentsOf: Self.file("gpt2.f32"))
    #expect(try gpt2.integer(at: "n_positions") == 48)
    #expect(try gpt2.bool(at: "transposed_weights") == true)
    #expect(try gpt2.bool(at: "tie_word_embeddings") == true)
  }

  @Test func `blocks stay blocks`() throws {
    let checkpoint = try Checkpoint(contentsOf: Self.file("llama.q8_0"))
    for name in ["q_proj", "v_proj"] {
      let weight = try checkpoint.weight(named: "model.layers.1.self_attn.\(name).weight")
      #expect(weight.blocks?.format == .q8_0)
    }
    // 88 columns are no whole blocks.
    let wide = try checkpoint.weight(named: "model.layers.1.mlp.down_proj.weight")
    #expect(wide.tensor?.dtype == .f16)
  }
}
