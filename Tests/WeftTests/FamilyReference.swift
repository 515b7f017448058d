import Foundation
import Testing
import Weft

/// A tiny random decoder of some family with what transformers answered; record-families.py wrote it.
struct FamilyReference: Sendable, CustomTestStringConvertible {
  let name: String
  /// The file of Graphs/ that declares the family.
  let graph: String
  /// What `config.json` doesn't say.
  var settings: [String: String] = [:]
  /// Layers that hold a block's result and the last norm's.
  var block = "model.layers.0"
  var norm = "model.norm"

  var testDescription: String { name }

  static let all: [FamilyReference] = [
    .init(
      name: "gpt2", graph: "gpt2", block: "transformer.h.0", norm: "transformer.ln_f"),
    .init(name: "llama", graph: "llama"),
    .init(name: "llama-linear", graph: "llama"),
    // transformers stretches the base to the length that the sequence has.
    .init(name: "llama-dynamic", graph: "llama", settings: ["context": "40"]),
    .init(name: "llama-llama3", graph: "llama"),
    .init(name: "llama-yarn", graph: "llama"),
    .init(name: "llama-yarn-mscale", graph: "llama"),
    .init(name: "llama_biased", graph: "llama"),
    .init(name: "mistral", graph: "llama"),
    .init(name: "mistral-whole", graph: "llama"),
    .init(name: "qwen2", graph: "llama"),
    .init(name: "qwen2-window", graph: "llama"),
    .init(name: "qwen2-window-old", graph: "llama"),
    .init(name: "qwen3", graph: "llama"),
    .init(name: "phi3", graph: "llama"),
    .init(name: "phi3-short", graph: "llama"),
    .init(name: "phi3-long", graph: "llama", settings: ["context": "512"]),
    .init(name: "phi3-partial", graph: "llama", settings: ["context": "512"]),
    .init(name: "gemma", graph: "gemma"),
    .init(name: "gemma2", graph: "gemma"),
    .init(name: "gemma2-uncapped", graph: "gemma"),
    .init(name: "gemma3", graph: "gemma"),
    .init(name: "gemma3-linear", graph: "gemma"),
    .init(name: "phi", graph: "phi", norm: "model.final_layernorm"),
  ]

  static let root = Repository.folder.appending(path: "Tests/WeftTests/Reference/families")

  private var folder: URL { Self.root.appending(path: name) }

  /// The model; a variant has the weights of what its name begins with.
  func model(
    settings: [String: String] = [:], threads: Int? = nil, instructions: InstructionSet? = nil
  ) throws -> Model {
    let weights = Self.root.appending(path: name.split(separator: "-").first.map(String.init) ?? "")
    let own = folder.appending(path: "model.safetensors")
    let isComplete = FileManager.default.fileExists(atPath: own.path)
    return try Model(
      ModelSource(
        file: Repository.graph(graph),
        settings: self.settings.merging(settings) { _, given in given },
        configuration: folder.appending(path: "config.json")),
      weights: .checkpoint(isComplete ? folder : weights), threads: threads,
      instructions: instructions)
  }

  /// What transformers gave, by name.
  func expected() throws -> [String: Tensor] {
    let reader = try SafetensorsReader(contentsOf: folder.appending(path: "expected.safetensors"))
    var tensors: [String: Tensor] = [:]
    for name in reader.names { tensors[name] = try reader.tensor(named: name) }
    return tensors
  }

  /// The sequences, with a row of logits for each token.
  func sequences() throws -> [(tokens: [Int32], logits: [Tensor])] {
    let expected = try expected()
    let ids = try #require(expected["in.input_ids"])
    let logits = try #require(expected["out.logits"])
    let (count, width) = (ids.dims[1], logits.dims[2])
    let values = logits.doubles
    return try (0..<ids.dims[0]).map { row in
      let places = row * count..<(row + 1) * count
      return (
        places.map { Int32(ids.integer(at: $0)) },
        try places.map {
          try Tensor(.f32, dims: [1, width], doubles: Array(values[$0 * width..<($0 + 1) * width]))
        }
      )
    }
  }
}
