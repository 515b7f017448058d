extension GGUFFamily {
  /// What all decoders with RMSNorm and a gated feed-forward net have.
  private static let decoderKeys: [Key] = [
    .integer("hidden_size", "embedding_length", required: true),
    .integer("num_hidden_layers", "block_count", required: true),
    .integer("num_attention_heads", "attention.head_count", required: true),
    .integer("num_key_value_heads", "attention.head_count_kv"),
    .integer("intermediate_size", "feed_forward_length", required: true),
    .integer("max_position_embeddings", "context_length"),
    .integer("sliding_window", "attention.sliding_window"),
    .double("rms_norm_eps", "attention.layer_norm_rms_epsilon"),
    .double("rope_theta", "rope.freq_base"),
  ]

  private static let decoderNames: [Name] = [
    Name("token_embd", "model.embed_tokens"),
    Name("output_norm", "model.norm"),
    Name("output", "lm_head"),
    Name("blk.#.attn_norm", "model.layers.#.input_layernorm"),
    Name("blk.#.attn_v", "model.layers.#.self_attn.v_proj"),
    Name("blk.#.attn_output", "model.layers.#.self_attn.o_proj"),
    Name("blk.#.ffn_gate", "model.layers.#.mlp.gate_proj"),
    Name("blk.#.ffn_up", "model.layers.#.mlp.up_proj"),
    Name("blk.#.ffn_down", "model.layers.#.mlp.down_proj"),
  ]

  private static let queriesAndKeys: [Name] = [
    Name("blk.#.attn_q", "model.layers.#.self_attn.q_proj"),
    Name("blk.#.attn_k", "model.layers.#.self_attn.k_proj"),
  ]

  private static let pairedQueriesAndKeys: [Name] = [
    Name(
      "blk.#.attn_q", "model.layers.#.self_attn.q_proj", .pairedRows(heads: "attention.head_count")),
    Name(
      "blk.#.attn_k", "model.layers.#.self_attn.k_proj",
      .pairedRows(heads: "attention.head_count_kv")),
  ]

  private static let feedForwardNorm = Name(
    "blk.#.ffn_norm", "model.layers.#.post_attention_layernorm")

  private static let headNorms: [Name] = [
    Name("blk.#.attn_q_norm", "model.layers.#.self_attn.q_norm"),
    Name("blk.#.attn_k_norm", "model.layers.#.self_attn.k_norm"),
  ]

  /// Llama 1 to 3 and Mistral, which llama.cpp takes for one.
  static let llama = GGUFFamily(
    architecture: "llama", modelType: "llama", className: "LlamaForCausalLM",
    names: decoderNames + pairedQueriesAndKeys + [feedForwardNorm], keys: decoderKeys,
    constants: [("hidden_act", .string("silu"))],
    derived: [vocabulary, headSize, llama3Scaling, ropeScaling, attentionBias])

  static let qwen2 = GGUFFamily(
    architecture: "qwen2", modelType: "qwen2", className: "Qwen2ForCausalLM",
    names: decoderNames + queriesAndKeys + [feedForwardNorm], keys: decoderKeys,
    constants: [("hidden_act", .string("silu"))], derived: [vocabulary, headSize, ropeScaling])

  static let qwen3 = GGUFFamily(
    architecture: "qwen3", modelType: "qwen3", className: "Qwen3ForCausalLM",
    names: decoderNames + queriesAndKeys + headNorms + [feedForwardNorm], keys: decoderKeys,
    constants: [("hidden_act", .string("silu"))], derived: [vocabulary, headSize, ropeScaling])

  static let phi3 = GGUFFamily(
    architecture: "phi3", modelType: "phi3", className: "Phi3ForCausalLM",
    names: decoderNames.filter { !["blk.#.ffn_up", "blk.#.attn_v"].contains($0.gguf) } + [
      feedForwardNorm,
      Name("blk.#.attn_qkv", "model.layers.#.self_attn.qkv_proj"),
      Name("blk.#.ffn_up", "model.layers.#.mlp.gate_up_proj"),
    ], keys: decoderKeys, constants: [("hidden_act", .string("silu"))],
    derived: [vocabulary, headSize, longRopeScaling, ropeScaling, rotaryShare])

  /// Gemma's norms, to which llama.cpp's converter adds the 1 that Hugging Face's model adds.
  private static func shifted(_ names: [Name]) -> [Name] {
    names.map { $0.gguf.hasSuffix("norm") ? Name($0.gguf, $0.huggingFace, .shifted) : $0 }
  }

  private static let surroundingNorms: [Name] = [
    Name("blk.#.post_attention_norm", "model.layers.#.post_attention_layernorm"),
    Name("blk.#.ffn_norm", "model.layers.#.pre_feedforward_layernorm"),
    Name("blk.#.post_ffw_norm", "model.layers.#.post_feedforward_layernorm"),
  ]

  private static let gemmaActivation: (name: String, value: JSONValue) = (
    "hidden_activation", .string("gelu_pytorch_tanh")
  )

  static let gemma = GGUFFamily(
    architecture: "gemma", modelType: "gemma", className: "GemmaForCausalLM",
    names: shifted(decoderNames + queriesAndKeys + [feedForwardNorm]), keys: decoderKeys,
    constants: [gemmaActivation], derived: [vocabulary, headSize, ropeScaling])

  static let gemma2 = GGUFFamily(
    architecture: "gemma2", modelType: "gemma2", className: "Gemma2ForCausalLM",
    names: shifted(decoderNames + queriesAndKeys + surroundingNorms),
    keys: decoderKeys + [
      .double("attn_logit_softcapping", "attn_logit_softcapping"),
      .double("final_logit_softcapping", "final_logit_softcapping"),
    ],
    constants: [gemmaActivation],
    derived: [vocabulary, headSize, ropeScaling, queryScalar(blocks: 46)])

  static let gemma3 = GGUFFamily(
    architecture: "gemma3", modelType: "gemma3_text", className: "Gemma3ForCausalLM",
    names: shifted(decoderNames + queriesAndKeys + headNorms + surroundingNorms),
    keys: decoderKeys + [
      .double("rope_local_base_freq", "rope.freq_base_swa"),
      .integer("sliding_window_pattern", "attention.sliding_window_pattern"),
      .double("final_logit_softcapping", "final_logit_softcapping"),
    ],
    constants: [gemmaActivation],
    derived: [vocabulary, headSize, ropeScaling, queryScalar(blocks: 62)])

  /// Phi-1, 1.5 and 2.
  static let phi2 = GGUFFamily(
    architecture: "phi2", modelType: "phi", className: "PhiForCausalLM",
    names: queriesAndKeys + [
      Name("token_embd", "model.embed_tokens"),
      Name("output_norm", "model.final_layernorm"),
      Name("output", "lm_head"),
      Name("blk.#.attn_norm", "model.layers.#.input_layernorm"),
      Name("blk.#.attn_v", "model.layers.#.self_attn.v_proj"),
      Name("blk.#.attn_output", "model.layers.#.self_attn.dense"),
      Name("blk.#.ffn_up", "model.layers.#.mlp.fc1"),
      Name("blk.#.ffn_down", "model.layers.#.mlp.fc2"),
    ],
    keys: decoderKeys + [.double("layer_norm_eps", "attention.layer_norm_epsilon")],
    constants: [("hidden_act", .string("gelu_new"))],
    derived: [vocabulary, headSize, ropeScaling, rotaryShare])
}
