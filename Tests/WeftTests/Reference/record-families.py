"""record-families.py OUT: tiny random decoders of each family, and what Hugging Face's transformers
answers (torch 2.15, transformers 5.24, f32, eager attention).

OUT/NAME/config.json, OUT/NAME/expected.safetensors with in.input_ids, out.logits and hidden.N (after
N blocks; the last one normalized), and OUT/NAME/model.safetensors, which a variant NAME-OTHER leaves
out where it has the weights of NAME. `greedy` is what 200 steps of the largest logit give after
in.input_ids[0, :4].
"""
import json
import os
import sys

import torch
import transformers as tf
from safetensors.torch import save_file

OUT = sys.argv[1]
BASE = dict(
    vocab_size=96, hidden_size=64, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=2, intermediate_size=48, max_position_embeddings=512,
    tie_word_embeddings=False, bos_token_id=1, eos_token_id=None, pad_token_id=None,
    attn_implementation="eager")


def random(model, deviation=0.15, seed=1):
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in model.named_parameters():
            noise = torch.randn(p.shape, generator=generator)
            if p.dim() > 1:
                p.copy_(noise * deviation)
            elif "norm" in name or "ln_" in name:
                one = 0.0 if name.endswith("bias") or "gemma" in model.config.model_type else 1.0
                p.copy_(one + noise * 0.1)
            else:
                p.copy_(noise * 0.1)
    return model.eval().float()


def tokens(count, seed=3):
    return torch.randint(3, 96, (2, count), generator=torch.Generator().manual_seed(seed))


def greedy(model, ids, steps=200):
    """The tokens, and by how much the largest logit leads at its narrowest."""
    ids, margin = ids.clone(), float("inf")
    start = ids.shape[1]
    for _ in range(steps):
        top = model(input_ids=ids, use_cache=False).logits[0, -1].topk(2)
        margin = min(margin, float(top.values[0] - top.values[1]))
        ids = torch.cat([ids, top.indices[None, :1]], 1)
    return ids[0, start:], margin


def record(name, model, count=40, weights=True, edit=None, generates=False):
    folder = f"{OUT}/{name}"
    os.makedirs(folder, exist_ok=True)
    if weights:
        model.save_pretrained(folder)
    else:
        model.config.save_pretrained(folder)
    for extra in ["generation_config.json", "README.md"]:
        if os.path.exists(f"{folder}/{extra}"):
            os.remove(f"{folder}/{extra}")
    path = f"{folder}/config.json"
    config = json.load(open(path))
    for key in ["transformers_version", "dtype"]:
        config.pop(key, None)
    if edit:
        edit(config)
    json.dump(config, open(path, "w"), indent=1, sort_keys=True)
    open(path, "a").write("\n")
    ids = tokens(count)
    with torch.inference_mode():
        answer = model(input_ids=ids, use_cache=False, output_hidden_states=True)
        tensors = {"in.input_ids": ids.to(torch.int32), "out.logits": answer.logits}
        for i, state in enumerate(answer.hidden_states):
            tensors[f"hidden.{i}"] = state[:1]
        if generates:
            found, margin = greedy(model, ids[:1, :4])
            tensors["greedy"] = found.to(torch.int32)
            print("  margin", margin)
            assert margin > 1e-3
    tensors = {k: v.float().contiguous() if v.is_floating_point() else v.contiguous()
               for k, v in tensors.items()}
    save_file(tensors, f"{folder}/expected.safetensors")
    parameters = sum(p.numel() for p in model.parameters())
    print(f"{name}: {parameters} parameters, logits up to {answer.logits.abs().max():.2f}")
    return answer.logits


def differs(a, b):
    n = min(a.shape[1], b.shape[1])
    difference = float((a[:, :n] - b[:, :n]).abs().max())
    print(f"  differs by {difference:.3f}")
    assert difference > 1e-2


def variant(name, base, base_logits, count=40, edit=None, **changes):
    """The weights of `base` under another config."""
    config = type(base.config)(**{**BASE, **base.own, **changes})
    model = type(base)(config).eval().float()
    model.load_state_dict(base.state_dict())
    differs(base_logits, record(name, model, count, weights=False, edit=edit))


def family(name, config, model, count=40, generates=False, seed=1, **own):
    made = random(model(config(**{**BASE, **own})), seed=seed)
    made.own = own
    return made, record(name, made, count, generates=generates)


def old_keys(kind_key):
    """As configs were written before transformers 5: rope_theta and rope_scaling."""
    def edit(config):
        parameters = config.pop("rope_parameters")
        config["rope_theta"] = parameters.pop("rope_theta")
        kind = parameters.pop("rope_type")
        config["rope_scaling"] = None if kind == "default" else {kind_key: kind, **parameters}
    return edit


def rope(kind, **parameters):
    return dict(rope_parameters=dict(rope_type=kind, rope_theta=10000.0, **parameters))


llama, plain = family("llama", tf.LlamaConfig, tf.LlamaForCausalLM, generates=True,
                      **rope("default"))
variant("llama-linear", llama, plain, edit=old_keys("type"), **rope("linear", factor=4.0))
variant("llama-dynamic", llama, plain, edit=old_keys("type"), max_position_embeddings=16,
        **rope("dynamic", factor=2.0))
variant("llama-llama3", llama, plain, edit=old_keys("rope_type"), **rope(
    "llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
    original_max_position_embeddings=32))
variant("llama-yarn", llama, plain, **rope(
    "yarn", factor=4.0, original_max_position_embeddings=32))
variant("llama-yarn-mscale", llama, plain, **rope(
    "yarn", factor=4.0, original_max_position_embeddings=32, mscale=0.8, mscale_all_dim=0.4,
    beta_fast=2.0, beta_slow=0.5, truncate=False))
family("llama_biased", tf.LlamaConfig, tf.LlamaForCausalLM, attention_bias=True, mlp_bias=True,
       tie_word_embeddings=True, head_dim=24, **rope("default"))

mistral, windowed = family("mistral", tf.MistralConfig, tf.MistralForCausalLM, sliding_window=9)
variant("mistral-whole", mistral, windowed, sliding_window=None)

qwen2, plain = family("qwen2", tf.Qwen2Config, tf.Qwen2ForCausalLM)
variant("qwen2-window", qwen2, plain, use_sliding_window=True, sliding_window=9,
        max_window_layers=1)


def without_kinds(config):
    config.pop("layer_types")


variant("qwen2-window-old", qwen2, plain, edit=without_kinds, use_sliding_window=True,
        sliding_window=9, max_window_layers=1)
family("qwen3", tf.Qwen3Config, tf.Qwen3ForCausalLM, head_dim=24)

family("gemma", tf.GemmaConfig, tf.GemmaForCausalLM, head_dim=24, tie_word_embeddings=True)
gemma2 = dict(head_dim=16, query_pre_attn_scalar=12, sliding_window=9, tie_word_embeddings=True)
capped, logits = family("gemma2", tf.Gemma2Config, tf.Gemma2ForCausalLM,
                        attn_logit_softcapping=0.5, final_logit_softcapping=2.0, **gemma2)
variant("gemma2-uncapped", capped, logits, attn_logit_softcapping=None,
        final_logit_softcapping=None, edit=without_kinds)
gemma3 = dict(head_dim=16, query_pre_attn_scalar=12, sliding_window=9, tie_word_embeddings=True,
              layer_types=["sliding_attention", "full_attention"])


def gemma3_rope(**full):
    return dict(rope_parameters=dict(
        sliding_attention=dict(rope_type="default", rope_theta=100.0),
        full_attention=dict(rope_theta=10000.0, **full)))


text, logits = family("gemma3", tf.Gemma3TextConfig, tf.Gemma3ForCausalLM, **gemma3,
                      **gemma3_rope(rope_type="default"))


def gemma3_old(config):
    parameters = config.pop("rope_parameters")
    config["rope_theta"] = parameters["full_attention"].pop("rope_theta")
    config["rope_scaling"] = parameters["full_attention"]
    config["rope_local_base_freq"] = parameters["sliding_attention"]["rope_theta"]
    config.pop("layer_types")
    config["sliding_window_pattern"] = 2


variant("gemma3-linear", text, logits, edit=gemma3_old,
        **gemma3_rope(rope_type="linear", factor=8.0))

family("phi", tf.PhiConfig, tf.PhiForCausalLM, num_key_value_heads=4, partial_rotary_factor=0.5,
       seed=2)

phi3, plain = family("phi3", tf.Phi3Config, tf.Phi3ForCausalLM, sliding_window=9)
long = dict(sliding_window=None, max_position_embeddings=512,
            original_max_position_embeddings=32)


def factors(pairs):
    return dict(short_factor=[1.0 + 0.1 * i for i in range(pairs)],
                long_factor=[1.5 + 0.7 * i for i in range(pairs)],
                original_max_position_embeddings=32)


variant("phi3-short", phi3, plain, count=30, **long, **rope("longrope", **factors(8)))


def old_longrope(config):
    old_keys("type")(config)
    config["rope_scaling"]["type"] = "su"
    config["rope_scaling"].pop("original_max_position_embeddings")
    config["original_max_position_embeddings"] = 32
    config.pop("layer_types", None)


variant("phi3-long", phi3, plain, edit=old_longrope, **long, **rope("longrope", **factors(8)))


def top_level_factor(config):
    config["partial_rotary_factor"] = config["rope_parameters"].pop("partial_rotary_factor")


variant("phi3-partial", phi3, plain, edit=top_level_factor, **long, **rope(
    "longrope", partial_rotary_factor=0.75, **factors(6)))

config = tf.GPT2Config(
    vocab_size=96, n_embd=64, n_layer=2, n_head=4, n_positions=256, n_inner=96, bos_token_id=1,
    eos_token_id=None, attn_implementation="eager")
record("gpt2", random(tf.GPT2LMHeadModel(config)), generates=True)
