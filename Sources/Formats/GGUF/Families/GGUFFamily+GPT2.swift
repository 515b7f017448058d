extension GGUFFamily {
  /// GPT-2, whose matrices llama.cpp's converter turns: rows are outputs, as everywhere else.
  static let gpt2 = GGUFFamily(
    architecture: "gpt2", modelType: "gpt2", className: "GPT2LMHeadModel",
    names: [
      Name("token_embd", "transformer.wte"),
      Name("position_embd", "transformer.wpe"),
      Name("output_norm", "transformer.ln_f"),
      Name("output", "lm_head"),
      Name("blk.#.attn_norm", "transformer.h.#.ln_1"),
      Name("blk.#.attn_qkv", "transformer.h.#.attn.c_attn"),
      Name("blk.#.attn_output", "transformer.h.#.attn.c_proj"),
      Name("blk.#.ffn_norm", "transformer.h.#.ln_2"),
      Name("blk.#.ffn_up", "transformer.h.#.mlp.c_fc"),
      Name("blk.#.ffn_down", "transformer.h.#.mlp.c_proj"),
    ],
    keys: [
      .integer("n_embd", "embedding_length", required: true),
      .integer("n_layer", "block_count", required: true),
      .integer("n_head", "attention.head_count", required: true),
      .integer("n_inner", "feed_forward_length"),
      .integer("n_positions", "context_length", required: true),
      .double("layer_norm_epsilon", "attention.layer_norm_epsilon"),
    ],
    constants: [
      ("activation_function", .string("gelu_new")), ("transposed_weights", .bool(true)),
    ],
    derived: [vocabulary])
}
