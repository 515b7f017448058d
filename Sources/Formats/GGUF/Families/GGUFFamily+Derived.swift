import Foundation
import Tensors

/// Values of `config.json` that no single key of the metadata has.
extension GGUFFamily {
  typealias Derived = @Sendable (GGUFReader, String, inout JSONObject) throws(GGUFFault) -> Void

  /// The words are the rows of their table, and the output layer is that table where there is no other.
  static let vocabulary: Derived = { file, _, config throws(GGUFFault) in
    guard let words = file.entry(named: "token_embd.weight") else {
      throw .missing(key: "token_embd.weight", expected: "a tensor of the words' vectors")
    }
    _ = config.append("vocab_size", .integer(words.dims.first ?? 0))
    _ = config.append(
      "tie_word_embeddings", .bool(file.entry(named: "output.weight") == nil))
    for (name, key) in [("bos_token_id", "bos"), ("eos_token_id", "eos")] {
      if let id = try file.metadata.integer("tokenizer.ggml.\(key)_token_id") {
        _ = config.append(name, .integer(id))
      }
    }
  }

  /// `head_dim`, which is the width's share where no key says another: of Hugging Face's models not all
  /// take it for that.
  static let headSize: Derived = { file, architecture, config throws(GGUFFault) in
    let size = try file.metadata.integer("\(architecture).attention.key_length")
    if let size {
      _ = config.append("head_dim", .integer(size))
    } else if let width = try file.metadata.integer("\(architecture).embedding_length"),
      let heads = try file.metadata.integer("\(architecture).attention.head_count"), heads > 0
    {
      _ = config.append("head_dim", .integer(width / heads))
    }
  }

  /// `attention_bias`, where Llama's queries have one.
  static let attentionBias: Derived = { file, _, config throws(GGUFFault) in
    if file.entry(named: "blk.0.attn_q.bias") != nil {
      _ = config.append("attention_bias", .bool(true))
    }
  }

  /// How positions beyond those trained on are turned, where no tensor of factors says it.
  static let ropeScaling: Derived = { file, architecture, config throws(GGUFFault) in
    guard config["rope_scaling"] == nil else { return }
    let key = "\(architecture).rope.scaling"
    let type = try file.metadata.string("\(key).type") ?? "none"
    guard type != "none" else { return }
    var scaling = JSONObject()
    _ = scaling.append("rope_type", .string(type))
    for (name, value) in [
      ("factor", "factor"), ("beta_fast", "yarn_beta_fast"), ("beta_slow", "yarn_beta_slow"),
    ] {
      if let number = try file.metadata.double("\(key).\(value)") {
        _ = scaling.append(name, .number(number))
      }
    }
    if let strength = try file.metadata.double("\(key).attn_factor"), strength != 1 {
      // llama.cpp multiplies YaRN's own strength by it; Hugging Face's takes its place.
      let factor = type == "yarn" ? try file.metadata.double("\(key).factor") ?? 1 : 1
      let own = factor > 1 ? 1 + 0.1 * log(factor) : 1
      _ = scaling.append("attention_factor", .number(strength * own))
    }
    if let original = try file.metadata.integer("\(key).original_context_length") {
      _ = scaling.append("original_max_position_embeddings", .integer(original))
    }
    _ = config.append("rope_scaling", .object(scaling))
  }

  /// Llama 3's scaling, of which a file has only what becomes of it: how much slower each pair turns.
  ///
  /// Fast pairs stay, slow ones turn slower by the factor, and between them the share that stays is a
  /// line over how often a pair turns in the context trained on. The line's ends are told from two of
  /// its points. Factors that no such line gives are taken as they are, as Phi-3's are.
  static let llama3Scaling: Derived = { file, architecture, config throws(GGUFFault) in
    guard let slower = try numbers("rope_freqs.weight", of: file),
      slower.contains(where: { $0 != 1 })
    else { return }
    let base = try file.metadata.double("\(architecture).rope.freq_base") ?? 10000
    var scaling = JSONObject()
    if let found = Llama3Scaling(slower, base: base) {
      _ = scaling.append("rope_type", .string("llama3"))
      _ = scaling.append("factor", .number(found.factor))
      _ = scaling.append("low_freq_factor", .number(found.low))
      _ = scaling.append("high_freq_factor", .number(found.high))
      _ = scaling.append("original_max_position_embeddings", .integer(found.original))
    } else {
      let factors = JSONValue.array(slower.map { .number($0) })
      _ = scaling.append("rope_type", .string("longrope"))
      _ = scaling.append("short_factor", factors)
      _ = scaling.append("long_factor", factors)
      _ = scaling.append("attention_factor", .number(1))
    }
    _ = config.append("rope_scaling", .object(scaling))
  }

  /// Phi-3's factors of each pair, for short and long sequences.
  static let longRopeScaling: Derived = { file, architecture, config throws(GGUFFault) in
    guard let long = try numbers("rope_factors_long.weight", of: file),
      let short = try numbers("rope_factors_short.weight", of: file)
    else { return }
    var scaling = JSONObject()
    _ = scaling.append("rope_type", .string("longrope"))
    _ = scaling.append("short_factor", .array(short.map { .number($0) }))
    _ = scaling.append("long_factor", .array(long.map { .number($0) }))
    let key = "\(architecture).rope.scaling"
    if let strength = try file.metadata.double("\(key).attn_factor") {
      _ = scaling.append("attention_factor", .number(strength))
    }
    if let original = try file.metadata.integer("\(key).original_context_length") {
      _ = config.append("original_max_position_embeddings", .integer(original))
    }
    _ = config.append("rope_scaling", .object(scaling))
  }

  /// Which part of each head turns.
  static let rotaryShare: Derived = { file, architecture, config throws(GGUFFault) in
    guard let turned = try file.metadata.integer("\(architecture).rope.dimension_count"),
      let width = try file.metadata.integer("\(architecture).embedding_length"),
      let heads = try file.metadata.integer("\(architecture).attention.head_count"),
      heads > 0, width >= heads
    else { return }
    let size = try file.metadata.integer("\(architecture).attention.key_length") ?? width / heads
    guard size > 0 else { return }
    _ = config.append("partial_rotary_factor", .number(Double(turned) / Double(size)))
  }

  /// Gemma divides scores by the root of a head's size, and in its largest form, which has so many
  /// blocks, by that of the width's share.
  static func queryScalar(blocks: Int) -> Derived {
    { file, architecture, config throws(GGUFFault) in
      guard try file.metadata.integer("\(architecture).block_count") == blocks,
        let width = try file.metadata.integer("\(architecture).embedding_length"),
        let heads = try file.metadata.integer("\(architecture).attention.head_count"), heads > 0
      else { return }
      _ = config.append("query_pre_attn_scalar", .integer(width / heads))
    }
  }

  /// The numbers of a small tensor; nil where there is none.
  private static func numbers(_ name: String, of file: GGUFReader) throws(GGUFFault) -> [Double]? {
    guard let entry = file.entry(named: name) else { return nil }
    guard entry.type.dtype == .f32, entry.dims.count == 1, entry.dims[0] <= 1 << 16,
      let tensor = try? file.weight(named: name).tensor
    else {
      throw .value(
        key: name, expected: "a vector of F32", found: "\(entry.type)\(entry.dims)")
    }
    // Of the numbers with this value in 32 bits, the one that was meant: 0.1, not 0.100000001.
    return tensor.floats.map { Double("\($0)") ?? Double($0) }
  }
}
