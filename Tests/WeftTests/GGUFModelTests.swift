import Foundation
import Testing

@testable import Weft

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

  /// Each family's names, keys and what its converter changes (Reference/record-gguf-families.py, where
  /// llama.cpp reads the same files). Mistral's architecture there is Llama's.
  @Test(arguments: [
    "llama3", "llama-linear", "llama-yarn", "llama-yarn-factor", "qwen2", "qwen3", "gemma",
    "gemma2", "gemma3", "phi2",
    "phi3", "phi3-long",
  ])
  func `each family is what transformers answered`(_ name: String) throws {
    let file = Self.file("\(name).f32")
    let package = try ModelPackage(at: file)
    // Which factors Phi-3 turns by hangs on the longest text, and is decided ahead.
    let settings = name == "phi3-long" ? ["context": "512"] : [:]
    let model = try Model(
      ModelSource(file: package.graph, settings: settings, configuration: file),
      weights: package.weights)
    let recorded = Reference(name: "gguf/\(name)")
    let found = try model.entry().run(recorded.inputs())["logits"]
    #expect(largestDifference(found, try recorded.outputs()["logits"]) <= 2e-5)
  }

  @Test(arguments: [
    "llama", "gpt2", "llama3", "llama-linear", "llama-yarn", "llama-yarn-factor", "qwen2", "qwen3",
    "gemma", "gemma2",
    "gemma3", "phi2", "phi3", "phi3-long",
  ])
  func `a file that was exported is the same model`(_ name: String) throws {
    let file = Self.file("\(name).f32")
    let package = try ModelPackage(at: file)
    func model(_ file: URL) throws -> Model {
      try Model(
        ModelSource(file: package.graph, configuration: file), weights: .checkpoint(file))
    }
    let folder = FileManager.default.temporaryDirectory.appending(path: "weft-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let target = folder.appending(path: "again.gguf")
    let original = try model(file)
    _ = try ModelExport(of: original, to: target)
    let (before, after) = (try GGUFModel(contentsOf: file), try GGUFModel(contentsOf: target))
    let (old, new) = (try before.config(), try after.config())
    for key in old.keys { #expect(new.value(at: key) == old.value(at: key), "\(key)") }
    for (parameter, _) in Model.parameters(of: original.definition) {
      let (x, y) = (
        try before.weight(named: parameter.name), try after.weight(named: parameter.name)
      )
      #expect(try x.tensor?.converted(to: .f32).floats == y.tensor?.converted(to: .f32).floats)
    }
    let inputs = try original.entry().randomInputs(bindings: ["batch": 1, "tokens": 5], seed: 1)
    #expect(
      try original.entry().run(inputs)["logits"]?.floats
        == model(target).entry().run(inputs)["logits"]?.floats)
  }

  @Test func `a model that no table has isn't exported`() throws {
    let weights = WeightOrigin.random(seed: 1)
    let model = try Model(ModelSource(file: Repository.graph("bert")), weights: weights)
    let target = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).gguf")
    let error = #expect(throws: FormatError.self) { try ModelExport(of: model, to: target) }
    #expect("\(try #require(error))".contains("can't be written as gguf: the model has no config"))
    #expect(!FileManager.default.fileExists(atPath: target.path))
  }

  /// √(Σ (y − ŷ)² / Σ ŷ²) of the logits against those of the same model with its weights as the f32 that
  /// they stand for.
  private func differenceToWidened(_ name: String, _ kind: String) throws -> Double {
    let model = try model(name, kind)
    var dense: [String: StoredWeight] = [:]
    for (parameter, type) in Model.parameters(of: model.definition) {
      let weight = try model.shared.weights.weight(for: parameter, type: type)
      dense[parameter.name] = .dense(
        try weight.blocks?.dense(.f32) ?? #require(weight.tensor).converted(to: .f32))
    }
    let widened = Model(model, weights: HeldWeights(weights: dense))
    let inputs = try Reference.named(name).inputs()
    let found = try #require(model.entry().run(inputs)["logits"]).floats
    let expected = try #require(widened.entry().run(inputs)["logits"]).floats
    func squares(_ values: some Sequence<Float>) -> Double {
      values.reduce(0) { $0 + Double($1) * Double($1) }
    }
    return (squares(zip(found, expected).map { $0 - $1 }) / squares(expected)).squareRoot()
  }

  @Test(arguments: ["llama", "gpt2"])
  func `weights in fewer bits compute what they stand for`(_ name: String) throws {
    #expect(try differenceToWidened(name, "f16") <= 1e-5)
    // Kernels of blocks round 32 activations together to 8 bits: steps of 1/127 of the largest, about 3
    // times their root mean square, so that a product is off by 3 / 127 / √12 = 0.7 %. Nine products
    // follow on each other in two layers: √9 times that at most.
    let rounded = try differenceToWidened(name, "q8_0")
    #expect(rounded > 1e-4 && rounded <= 0.02, "\(rounded)")
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
