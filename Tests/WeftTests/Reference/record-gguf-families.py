"""Writes a tiny random model of each family as a GGUF file, with what transformers answers.

python3 record-gguf-families.py        (transformers, gguf, llama-cpp-python)

gguf/NAME.f32.gguf has the names that the gguf package maps Hugging Face's to, and what llama.cpp's
converter changes: rows of Llama's queries and keys in pairs, Gemma's norms with 1 added, factors of
rotary positions as tensors. Each file is also given to llama.cpp itself: it must answer the same, or the
file isn't what its converter would have written. gguf/NAME/expected.safetensors has in.input_ids and
out.logits of transformers (f32, eager attention).
"""
import math
import os

import llama_cpp
import numpy as np
import torch
import transformers as tf
from gguf import MODEL_ARCH, MODEL_ARCH_NAMES, GGUFWriter, RopeScalingType, get_tensor_name_map
from safetensors.torch import save_file

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gguf")
BASE = dict(
    vocab_size=96, hidden_size=64, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=2, intermediate_size=48, max_position_embeddings=512,
    tie_word_embeddings=False, bos_token_id=1, eos_token_id=2, pad_token_id=None,
    attn_implementation="eager")
COUNT = 40


def random(model, deviation=0.15, seed=5):
    generator = torch.Generator().manual_seed(seed)
    gemma = "gemma" in model.config.model_type
    with torch.no_grad():
        for name, p in model.named_parameters():
            noise = torch.randn(p.shape, generator=generator)
            if p.dim() > 1:
                p.copy_(noise * deviation)
            else:
                one = 1.0 if "norm" in name and name.endswith("weight") and not gemma else 0.0
                p.copy_(one + noise * 0.1)
    return model.eval().float()


def paired(rows, heads):
    shape = (heads, 2, len(rows) // heads // 2) + rows.shape[1:]
    return rows.reshape(shape).swapaxes(1, 2).reshape(rows.shape)


def metadata(writer, config, head):
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_rope_dimension_count(head)
    writer.add_vocab_size(config.vocab_size)
    writer.add_tokenizer_model("no_vocab")
    if hasattr(config, "rms_norm_eps"):
        writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    else:
        writer.add_layer_norm_eps(config.layer_norm_eps)


def record(name, arch, model, head=16, rotary=None, extra=lambda writer: None):
    """`rotary` is how many numbers of each head turn; all by default."""
    config = model.config
    ids = torch.randint(3, 96, (2, COUNT), generator=torch.Generator().manual_seed(3))
    with torch.inference_mode():
        logits = model(input_ids=ids, use_cache=False).logits
    path = os.path.join(HERE, f"{name}.f32.gguf")
    writer = GGUFWriter(path, MODEL_ARCH_NAMES[arch])
    metadata(writer, config, rotary or head)
    if name == "gemma3" or head != config.hidden_size // config.num_attention_heads:
        writer.add_key_length(head)
        writer.add_value_length(head)
    parameters = config.rope_parameters
    if "rope_theta" in parameters:
        writer.add_rope_freq_base(parameters["rope_theta"])
    extra(writer)
    names = get_tensor_name_map(arch, config.num_hidden_layers)
    tied = config.tie_word_embeddings
    for key, tensor in model.state_dict().items():
        if tied and key == "lm_head.weight":
            continue
        value = tensor.numpy()
        if arch == MODEL_ARCH.LLAMA and ".q_proj." in key:
            value = paired(value, config.num_attention_heads)
        if arch == MODEL_ARCH.LLAMA and ".k_proj." in key:
            value = paired(value, config.num_key_value_heads)
        if "gemma" in name and key.endswith("norm.weight"):
            value = value + np.float32(1)
        writer.add_tensor(
            names.get_name(key, try_suffixes=(".weight", ".bias")), np.ascontiguousarray(value))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    os.makedirs(os.path.join(HERE, name), exist_ok=True)
    save_file({"in.input_ids": ids.to(torch.int32), "out.logits": logits.contiguous()},
              os.path.join(HERE, name, "expected.safetensors"))
    found = llama(path, ids[0].tolist(), config.vocab_size)
    difference = float(np.abs(found - logits[0].numpy()).max())
    print(f"{name}: {os.path.getsize(path)} bytes, logits up to {logits.abs().max():.2f}, "
          f"llama.cpp differs by {difference:.5f}")
    # Its cache holds keys and values in 16 bits.
    assert difference < 5e-3 * float(logits.abs().max())


def llama(path, ids, vocabulary):
    silent = llama_cpp.llama_log_callback(lambda level, text, user: None)
    llama_cpp.llama_log_set(silent, None)
    model = llama_cpp.llama_model_load_from_file(
        path.encode(), llama_cpp.llama_model_default_params())
    settings = llama_cpp.llama_context_default_params()
    settings.n_ctx = 512
    settings.type_k = settings.type_v = llama_cpp.GGML_TYPE_F32
    settings.swa_full = True
    context = llama_cpp.llama_init_from_model(model, settings)
    batch = llama_cpp.llama_batch_init(len(ids), 0, 1)
    batch.n_tokens = len(ids)
    for i, token in enumerate(ids):
        batch.token[i], batch.pos[i] = token, i
        batch.n_seq_id[i], batch.seq_id[i][0], batch.logits[i] = 1, 0, 1
    assert llama_cpp.llama_decode(context, batch) == 0
    rows = [np.ctypeslib.as_array(llama_cpp.llama_get_logits_ith(context, i), (vocabulary,)).copy()
            for i in range(len(ids))]
    llama_cpp.llama_free(context)
    llama_cpp.llama_model_free(model)
    return np.stack(rows)


def rope(kind, **parameters):
    return dict(rope_parameters=dict(rope_type=kind, rope_theta=10000.0, **parameters))


def llama3(writer):
    """The factors by which pairs turn slower, as Llama 3's converter computes them."""
    frequencies = 1 / 10000.0 ** (np.arange(0, 16, 2) / 16)
    factors = []
    for frequency in frequencies:
        length = 2 * math.pi / frequency
        if length < 32 / 4:
            factors.append(1.0)
        elif length > 32 / 1:
            factors.append(8.0)
        else:
            smooth = (32 / length - 1) / (4 - 1)
            factors.append(1 / ((1 - smooth) / 8 + smooth))
    writer.add_tensor("rope_freqs.weight", np.array(factors, np.float32))


def scaling(kind, **values):
    def write(writer):
        writer.add_rope_scaling_type(kind)
        writer.add_rope_scaling_factor(4.0)
        writer.add_rope_scaling_orig_ctx_len(32)
    return write


def window(size):
    return lambda writer: writer.add_sliding_window(size)


def make(config, model, **values):
    return random(model(config(**{**BASE, **values})))


A = MODEL_ARCH
record("llama3", A.LLAMA, make(
    tf.LlamaConfig, tf.LlamaForCausalLM, attention_bias=False, **rope(
        "llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
        original_max_position_embeddings=32)), extra=llama3)
record("llama-linear", A.LLAMA, make(
    tf.LlamaConfig, tf.LlamaForCausalLM, **rope("linear", factor=4.0)),
    extra=scaling(RopeScalingType.LINEAR))
record("llama-yarn", A.LLAMA, make(
    tf.LlamaConfig, tf.LlamaForCausalLM, **rope(
        "yarn", factor=4.0, original_max_position_embeddings=32)),
    extra=scaling(RopeScalingType.YARN))
record("llama-yarn-factor", A.LLAMA, make(
    tf.LlamaConfig, tf.LlamaForCausalLM, **rope(
        "yarn", factor=4.0, original_max_position_embeddings=32, attention_factor=1.5 * (1 + 0.1 * math.log(4)))),
    extra=lambda writer: (scaling(RopeScalingType.YARN)(writer),
                          writer.add_rope_scaling_attn_factors(1.5)))
record("qwen2", A.QWEN2, make(tf.Qwen2Config, tf.Qwen2ForCausalLM, tie_word_embeddings=True))
record("qwen3", A.QWEN3, make(tf.Qwen3Config, tf.Qwen3ForCausalLM, head_dim=24), head=24)
record("gemma", A.GEMMA, make(
    tf.GemmaConfig, tf.GemmaForCausalLM, head_dim=24, tie_word_embeddings=True), head=24)


def gemma2(writer):
    writer.add_sliding_window(9)
    writer.add_attn_logit_softcapping(0.5)
    writer.add_final_logit_softcapping(2.0)


record("gemma2", A.GEMMA2, make(
    tf.Gemma2Config, tf.Gemma2ForCausalLM, head_dim=24, query_pre_attn_scalar=24, sliding_window=9,
    attn_logit_softcapping=0.5, final_logit_softcapping=2.0, tie_word_embeddings=True),
    head=24, extra=gemma2)


def gemma3(writer):
    writer.add_sliding_window(9)


# Six layers: five that see a window, and one that sees all, as in all that were published.
record("gemma3", A.GEMMA3, make(
    tf.Gemma3TextConfig, tf.Gemma3ForCausalLM, head_dim=16, query_pre_attn_scalar=16,
    sliding_window=9, tie_word_embeddings=True, num_hidden_layers=6, hidden_size=32,
    num_attention_heads=2, num_key_value_heads=1, intermediate_size=32,
    rope_parameters=dict(
        sliding_attention=dict(rope_type="default", rope_theta=10000.0),
        full_attention=dict(rope_type="default", rope_theta=1000000.0)),
    layer_types=["sliding_attention"] * 5 + ["full_attention"]),
    extra=lambda writer: (gemma3(writer), writer.add_rope_freq_base(1000000.0)))
record("phi2", A.PHI2, make(
    tf.PhiConfig, tf.PhiForCausalLM, num_key_value_heads=4, partial_rotary_factor=0.5), rotary=8)
record("phi3", A.PHI3, make(
    tf.Phi3Config, tf.Phi3ForCausalLM, original_max_position_embeddings=512, **rope("default")),
    extra=window(0))


def longrope(writer):
    writer.add_rope_scaling_type(RopeScalingType.LONGROPE)
    writer.add_rope_scaling_orig_ctx_len(32)
    writer.add_rope_scaling_attn_factors(math.sqrt(1 + math.log(512 / 32) / math.log(32)))
    short = [1.0 + 0.1 * i for i in range(8)]
    long = [1.5 + 0.7 * i for i in range(8)]
    writer.add_tensor("rope_factors_short.weight", np.array(short, np.float32))
    writer.add_tensor("rope_factors_long.weight", np.array(long, np.float32))


record("phi3-long", A.PHI3, make(
    tf.Phi3Config, tf.Phi3ForCausalLM, original_max_position_embeddings=32, **rope(
        "longrope", short_factor=[1.0 + 0.1 * i for i in range(8)],
        long_factor=[1.5 + 0.7 * i for i in range(8)], original_max_position_embeddings=32)),
    extra=lambda writer: (window(0)(writer), longrope(writer)))
