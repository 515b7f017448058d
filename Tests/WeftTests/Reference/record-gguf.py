"""Writes the references of llama and gpt2 as GGUF files, as llama.cpp's converter does.

python3 record-gguf.py

The converter gives tensors its own names, puts the rows of Llama's queries and keys in pairs, and
turns GPT-2's matrices. A matrix whose rows aren't whole blocks stays f16 where blocks are asked for.
"""

import json
import os

import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf import GGUFWriter, quants
from safetensors.numpy import load_file

here = os.path.dirname(os.path.abspath(__file__))

LLAMA = {
    "model.embed_tokens": "token_embd",
    "model.norm": "output_norm",
    "lm_head": "output",
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
GPT2 = {
    "transformer.wte": "token_embd",
    "transformer.wpe": "position_embd",
    "transformer.ln_f": "output_norm",
    "ln_1": "attn_norm",
    "attn.c_attn": "attn_qkv",
    "attn.c_proj": "attn_output",
    "ln_2": "ffn_norm",
    "mlp.c_fc": "ffn_up",
    "mlp.c_proj": "ffn_down",
}


def renamed(name, table, blocks):
    name, ending = name.rsplit(".", 1)
    if name.startswith(blocks):
        _, number, part = name[len(blocks) - 1 :].split(".", 2)
        return f"blk.{number}.{table[part]}.{ending}"
    return f"{table[name]}.{ending}"


def paired(rows, heads):
    shape = (heads, 2, len(rows) // heads // 2) + rows.shape[1:]
    return rows.reshape(shape).swapaxes(1, 2).reshape(rows.shape)


def record(model, kind):
    folder = os.path.join(here, model)
    with open(os.path.join(folder, "config.json")) as file:
        config = json.load(file)
    out = os.path.join(here, "gguf", f"{model}.{kind.name.lower()}.gguf")
    writer = GGUFWriter(out, model)
    if model == "llama":
        writer.add_context_length(config["max_position_embeddings"])
        writer.add_embedding_length(config["hidden_size"])
        writer.add_block_count(config["num_hidden_layers"])
        writer.add_feed_forward_length(config["intermediate_size"])
        writer.add_head_count(config["num_attention_heads"])
        writer.add_head_count_kv(config["num_key_value_heads"])
        writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
        writer.add_rope_freq_base(config["rope_parameters"]["rope_theta"])
        writer.add_rope_dimension_count(config["head_dim"])
        writer.add_vocab_size(config["vocab_size"])
    else:
        writer.add_context_length(config["n_positions"])
        writer.add_embedding_length(config["n_embd"])
        writer.add_block_count(config["n_layer"])
        writer.add_feed_forward_length(4 * config["n_embd"])
        writer.add_head_count(config["n_head"])
        writer.add_layer_norm_eps(config["layer_norm_epsilon"])
    for name, tensor in load_file(os.path.join(folder, "model.safetensors")).items():
        if name.endswith("q_proj.weight"):
            tensor = paired(tensor, config["num_attention_heads"])
        if name.endswith("k_proj.weight"):
            tensor = paired(tensor, config["num_key_value_heads"])
        if model == "gpt2" and tensor.ndim == 2 and ".h." in name:
            tensor = tensor.T
        name = renamed(name, *((LLAMA, "model.layers.") if model == "llama" else (GPT2, "transformer.h.")))
        tensor = np.ascontiguousarray(tensor)
        if tensor.ndim == 1 or kind == Type.F32:
            writer.add_tensor(name, tensor)
        elif kind == Type.F16 or tensor.shape[-1] % 32:
            writer.add_tensor(name, tensor.astype(np.float16))
        else:
            writer.add_tensor(name, quants.quantize(tensor, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


os.makedirs(os.path.join(here, "gguf"), exist_ok=True)
for model in ["llama", "gpt2"]:
    for kind in [Type.F32, Type.F16, Type.Q8_0]:
        record(model, kind)
