import Foundation
import Weft

/// GGUF files: metadata, tensors and their blocks, and what a model and a tokenizer make of them.
struct GGUFTarget: FuzzTarget {
  static let name = "gguf"
  static let words = [
    "GGUF", "general.architecture", "general.alignment", "llama", "gpt2", "gemma", "phi3", "qwen2",
    "llama.block_count", "llama.attention.head_count", "llama.embedding_length",
    "tokenizer.ggml.model",
    "tokenizer.ggml.tokens", "tokenizer.ggml.merges", "tokenizer.ggml.scores", "token_embd.weight",
    "blk.0.attn_q.weight", "\u{1}\0\0\0\0\0\0\0", "\u{7f}\u{7f}\u{7f}\u{7f}",
  ]

  private let file: ScratchFile

  init() throws { file = try ScratchFile("gguf") }

  func seeds() throws -> [Data] {
    try Repository.files("Tests", "gguf", limit: 130_000).map { try Data(contentsOf: $0) }
  }

  func run(_ bytes: Data) {
    file.set(bytes)
    guard let reader = try? GGUFReader(contentsOf: file.url) else { return }
    for entry in reader.entries {
      guard let weight = try? reader.weight(named: entry.name) else { continue }
      switch weight {
      case .dense(let tensor): touch(tensor)
      case .int8(let matrix): if let tensor = try? matrix.dense() { touch(tensor) }
      case .blocks(let matrix): if let tensor = try? matrix.dense() { touch(tensor) }
      }
    }
    if let tokenizer = try? Tokenizer(metadata: reader.metadata, source: "fuzz.gguf") {
      let encoding = tokenizer.encode("Hello, wörld  12\n")
      _ = tokenizer.decode(encoding.ids.map(Int.init))
    }
    guard let model = try? GGUFModel(reader) else { return }
    _ = try? model.config()
    for name in model.names { _ = try? model.weight(named: name.huggingFace) }
  }
}
