import Foundation
import Weft

/// `config.json`, and the shipped models that it configures: which, says the first byte.
struct ConfigTarget: FuzzTarget {
  static let name = "config"
  static let words = [
    "\"hidden_size\":", "\"num_hidden_layers\":", "\"num_attention_heads\":", "\"vocab_size\":",
    "\"num_key_value_heads\":", "\"head_dim\":", "\"intermediate_size\":", "\"rope_theta\":",
    "\"rope_scaling\":", "\"rope_parameters\":", "\"layer_types\":", "\"max_position_embeddings\":",
    "\"hidden_act\":", "\"n_embd\":", "\"n_head\":", "\"model_type\":", "null", "NaN", "Infinity",
    "-1", "0", "1e308", "9223372036854775807",
  ]

  private let file: ScratchFile
  private let registry: Registry
  private static let graphs = [
    "bert", "gemma", "gpt2", "llama", "minilm", "phi", "t5", "transformer", "vit",
  ]

  init() throws {
    file = try ScratchFile("json")
    registry = try Registry.standard()
  }

  func seeds() throws -> [Data] {
    try Repository.files("Tests/WeftTests/Reference", "json").filter {
      $0.lastPathComponent == "config.json"
    }.flatMap { url in
      let folder = url.deletingLastPathComponent().lastPathComponent
      let wanted = Self.graphs.firstIndex { folder.hasPrefix($0) } ?? 3
      return try [Data([UInt8(wanted)]) + Data(contentsOf: url)]
    }
  }

  func run(_ bytes: Data) {
    guard let first = bytes.first else { return }
    file.set(bytes.dropFirst())
    let graph = Self.graphs[Int(first) % Self.graphs.count]
    let source = ModelSource(
      file: Repository.file("Graphs/\(graph).weft"), configuration: file.url)
    guard let (model, diagnostics) = try? source.check(registry: registry) else { return }
    _ = diagnostics.rendered()
    guard let model else { return }
    for graph in model.entries {
      do { try Verifier.verify(graph) } catch { fatalError("a broken graph: \(error)") }
    }
    _ = try? Model(model, weights: nil, threads: 1, registry: registry).summary
  }
}
