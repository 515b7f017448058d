#!/usr/bin/env python3
"""Records what Hugging Face's models have inside, under the addresses of Weft's taps.

Usage: record-taps.py REFERENCE MINILM

REFERENCE is this folder, whose bert and gpt2 are read; MINILM the folder that Scripts/fetch-minilm
prints. Writes REFERENCE/taps/*.safetensors: `in.NAME` and, for each tap, its tensor.
Needs torch, transformers and safetensors; recorded with torch 2.13, transformers 5.23.
"""

import math
import sys

import torch
from safetensors.torch import load_file, save_file
from transformers import BertModel, GPT2LMHeadModel


class Recorder:
    """Collects tensors by the names of taps while a model runs."""

    def __init__(self):
        self.taps = {}

    def put(self, name, tensor):
        self.taps[name] = tensor.detach().float().contiguous().clone()

    def output(self, module, *names):
        def hook(_, __, result):
            result = result[0] if isinstance(result, tuple) else result
            for name in names:
                self.put(name, result)
        module.register_forward_hook(hook)

    def input(self, module, *names):
        def hook(_, inputs):
            for name in names:
                self.put(name, inputs[0])
        module.register_forward_pre_hook(hook)


def scores(q, k, heads, hidden):
    """What the softmax is given: q·kᵀ / √d, and -∞ where a key is hidden."""
    def split(x):
        return x.view(*x.shape[:2], heads, -1).transpose(1, 2)
    q, k = split(q), split(k)
    result = q @ k.transpose(2, 3) / math.sqrt(q.shape[-1])
    return result.masked_fill(hidden, -math.inf)


def record_bert(model, inputs, write):
    r = Recorder()
    heads = model.config.num_attention_heads
    r.output(model.embeddings.word_embeddings, "embeddings:sum.1")
    r.output(model.embeddings.token_type_embeddings, "kinds")
    r.input(model.embeddings.LayerNorm, "embeddings:sum")
    r.output(model.embeddings.LayerNorm, "embeddings", "embeddings.LayerNorm")
    for i, block in enumerate(model.encoder.layer):
        at = f"encoder.layer.{i}"
        own = block.attention.self
        for part, short in (("query", "q"), ("key", "k"), ("value", "v")):
            r.output(getattr(own, part), f"{at}.attention.self.{part}", f"{at}.attention.self:{short}")
        r.input(block.attention.output.dense, f"{at}.attention.self", f"{at}:mixed",
                f"{at}.attention.self:attention")
        r.output(block.attention.output.dense, f"{at}.attention.output.dense", f"{at}:attended")
        r.input(block.attention.output.LayerNorm, f"{at}:add.1")
        r.output(block.attention.output.LayerNorm, f"{at}.attention.output.LayerNorm", f"{at}:h")
        r.output(block.intermediate.dense, f"{at}.intermediate.dense")
        r.input(block.output.dense, f"{at}:hidden", f"{at}:Activation", f"{at}:gelu")
        r.output(block.output.dense, f"{at}.output.dense", f"{at}:result")
        r.input(block.output.LayerNorm, f"{at}:add")
        r.output(block.output.LayerNorm, f"{at}.output.LayerNorm", at)
    if model.pooler is not None:
        r.output(model.pooler.dense, "pooler.dense")
    with torch.inference_mode():
        out = model(**inputs, output_attentions=True, output_hidden_states=True)
    r.put("embeddings:sum.2", r.taps["embeddings:sum.1"] + r.taps.pop("kinds"))
    states = out.hidden_states
    for i, state in enumerate(states):
        r.put("x" if i == len(states) - 1 else f"x.{i + 1}", state)
    if model.pooler is not None:
        r.put("pooler_output", out.pooler_output)
    hidden = inputs["attention_mask"][:, None, None, :] == 0
    for i, attention in enumerate(out.attentions):
        at = f"encoder.layer.{i}.attention.self"
        r.put(f"{at}:probabilities", attention)
        r.put(f"{at}:scores", scores(r.taps[f"{at}:q"], r.taps[f"{at}:k"], heads, hidden))
    write(inputs, r.taps)


def record_gpt2(model, inputs, write):
    r = Recorder()
    heads, width = model.config.n_head, model.config.n_embd
    for i, block in enumerate(model.transformer.h):
        at = f"transformer.h.{i}"
        r.output(block.ln_1, f"{at}.ln_1", f"{at}:n1")
        r.output(block.attn.c_attn, f"{at}.attn.c_attn", f"{at}:qkv")
        r.input(block.attn.c_proj, f"{at}:mixed", f"{at}:attention")
        r.output(block.attn.c_proj, f"{at}.attn.c_proj")
        r.input(block.ln_2, f"{at}:h")
        r.output(block.ln_2, f"{at}.ln_2", f"{at}:n2")
        r.output(block.mlp.c_fc, f"{at}.mlp.c_fc")
        r.output(block.mlp.act, f"{at}:hidden", f"{at}:Activation")
        r.output(block.mlp.c_proj, f"{at}.mlp.c_proj")
        r.output(block, at)
    r.output(model.transformer.ln_f, "transformer.ln_f", "x")
    with torch.inference_mode():
        out = model(**inputs, use_cache=False, output_attentions=True, output_hidden_states=True)
    # The last of transformers' hidden states is the normalized one.
    for i, state in enumerate(out.hidden_states[:-1]):
        r.put(f"x.{i + 1}", state)
    last = len(model.transformer.h)
    r.put(f"x.{last + 1}", r.taps[f"transformer.h.{last - 1}"])
    r.put("logits", out.logits)
    tokens = inputs["input_ids"].shape[1]
    hidden = torch.ones(tokens, tokens, dtype=torch.bool).triu(1)
    for i, attention in enumerate(out.attentions):
        at = f"transformer.h.{i}"
        parts = r.taps[f"{at}:qkv"].split(width, dim=2)
        for name, part in zip("qkv", parts):
            r.put(f"{at}:{name}", part)
        r.put(f"{at}:probabilities", attention)
        r.put(f"{at}:scores", scores(parts[0], parts[1], heads, hidden))
    write(inputs, r.taps)


def writer(reference, name, part=lambda tap: ""):
    """Writes taps to files of their own for each value of `part`."""
    def write(inputs, taps):
        for suffix in sorted({part(tap) for tap in taps}):
            tensors = {k: v for k, v in taps.items() if part(k) == suffix}
            tensors |= {f"in.{k}": v.to(torch.int32) for k, v in inputs.items()}
            save_file(tensors, f"{reference}/taps/{name}{suffix}.safetensors")
            print(f"{name}{suffix}: {len(tensors)} tensors")
    return write


def inputs_of(reference, name):
    given = load_file(f"{reference}/{name}/expected.safetensors")
    return {k[3:]: v.long() for k, v in given.items() if k.startswith("in.")}


def part_of_minilm(tap):
    """A file for two layers each: none large. A name of a layer's result is enough there."""
    level = tap.split(":")[0].split(".")
    return f"-{int(level[2]) // 2}" if level[0] == "encoder" else "-states"


def main():
    reference, minilm = sys.argv[1:]
    eager = {"attn_implementation": "eager"}
    bert = BertModel.from_pretrained(f"{reference}/bert", **eager).eval()
    record_bert(bert, inputs_of(reference, "bert"), writer(reference, "bert"))
    gpt2 = GPT2LMHeadModel.from_pretrained(f"{reference}/gpt2", **eager).eval()
    record_gpt2(gpt2, inputs_of(reference, "gpt2"), writer(reference, "gpt2"))
    small = BertModel.from_pretrained(minilm, add_pooling_layer=False, **eager).eval()
    # "[CLS] hello world [SEP]"
    ids = torch.tensor([[101, 7592, 2088, 102]])
    inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    write = writer(reference, "minilm", part_of_minilm)

    def distinct(inputs, taps):
        """Each tensor once, under its shortest name: aliases would double the files."""
        seen, kept = [], {}
        for name in sorted(taps, key=lambda name: (len(name), name)):
            tensor = taps[name]
            if not any(tensor.shape == other.shape and torch.equal(tensor, other) for other in seen):
                seen.append(tensor)
                kept[name] = tensor
        write(inputs, kept)

    record_bert(small, inputs, distinct)


main()
