#!/usr/bin/env python3
"""Records what transformers makes of logits and of the model Docs/Examples/glossary.

Usage: record.py Docs/Examples/glossary Docs/Glossary.md > cases.json   (transformers 5.24, torch)
"""
import json
import sys
from pathlib import Path

import torch
from transformers import AutoTokenizer, LlamaForCausalLM
from transformers.generation import logits_process as lp

folder, text = Path(sys.argv[1]), Path(sys.argv[2]).read_text(encoding="utf-8")
torch.set_num_threads(1)
torch.manual_seed(3)


def warpers():
    logits = torch.round(torch.randn(40) * 3 * 64) / 64
    logits[7] = logits[11]
    history = [3, 9, 3, 17, 25]
    settings = [
        {}, {"temperature": 0.5}, {"temperature": 2.0}, {"top_k": 5}, {"top_k": 39}, {"top_p": 0.7}, {"top_p": 0.05},
        {"top_p": 0.999}, {"min_p": 0.1}, {"min_p": 0.9}, {"typical_p": 0.6}, {"typical_p": 0.1},
        {"repetition_penalty": 1.3}, {"repetition_penalty": 0.7}, {"banned": [0, 5, 7]},
        {"bias": {"3": 2.5, "4": -1.5}},
        {"temperature": 0.7, "top_k": 20, "top_p": 0.9, "min_p": 0.02, "repetition_penalty": 1.1,
         "bias": {"9": 1.0}, "banned": [1]},
        {"temperature": 1.5, "top_p": 0.8, "typical_p": 0.9},
    ]
    cases = []
    for s in settings:
        ids, scores = torch.tensor([history]), logits[None].clone()
        chain = []
        if "bias" in s:
            chain.append(lp.SequenceBiasLogitsProcessor([[[int(k)], v] for k, v in s["bias"].items()]))
        if "repetition_penalty" in s:
            chain.append(lp.RepetitionPenaltyLogitsProcessor(s["repetition_penalty"]))
        if "banned" in s:
            chain.append(lp.SuppressTokensLogitsProcessor(s["banned"]))
        if "temperature" in s:
            chain.append(lp.TemperatureLogitsWarper(s["temperature"]))
        if "top_k" in s:
            chain.append(lp.TopKLogitsWarper(s["top_k"]))
        if "top_p" in s:
            chain.append(lp.TopPLogitsWarper(s["top_p"]))
        if "min_p" in s:
            chain.append(lp.MinPLogitsWarper(s["min_p"]))
        if "typical_p" in s:
            chain.append(lp.TypicalLogitsWarper(s["typical_p"]))
        for processor in chain:
            scores = processor(ids, scores)
        probabilities = torch.softmax(scores[0].double(), 0)
        cases.append({"settings": s, "probabilities": probabilities.tolist()})
    return {"logits": logits.tolist(), "history": history, "cases": cases}


tokenizer = AutoTokenizer.from_pretrained(folder)
model = LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()


def ids(prompt):
    return tokenizer(prompt, add_special_tokens=False, return_tensors="pt")["input_ids"]


PROMPTS = ["<|im_start|>user\nWhat is plan?<|im_end|>\n<|im_start|>assistant\n", "What", "a graph for", "tensor tensor tensor"]


@torch.no_grad()
def greedy():
    cases = []
    for prompt in PROMPTS:
        inputs = ids(prompt)
        out = model.generate(inputs, do_sample=False, max_new_tokens=200, eos_token_id=None, pad_token_id=0,
                             attention_mask=torch.ones_like(inputs))
        new = out[0, inputs.shape[1]:].tolist()
        logits = model(out[:, :-1]).logits[0, inputs.shape[1] - 1:]
        top = torch.topk(logits, 2).values
        cases.append({"prompt": prompt, "ids": inputs[0].tolist(), "tokens": new,
                      "margin": float((top[:, 0] - top[:, 1]).min()),
                      "logprobs": torch.log_softmax(logits.double(), -1).gather(1, torch.tensor(new)[:, None])[:, 0].tolist()[:20]})
    return cases


@torch.no_grad()
def beams():
    cases = []
    for prompt in PROMPTS:
        for settings in ({"num_beams": 3}, {"num_beams": 4, "length_penalty": 0.0}, {"num_beams": 4, "length_penalty": 2.0},
                         {"num_beams": 2, "early_stopping": True}):
            inputs = ids(prompt)
            out = model.generate(inputs, do_sample=False, max_new_tokens=24, pad_token_id=0, eos_token_id=[2, 0],
                                 attention_mask=torch.ones_like(inputs), num_return_sequences=settings["num_beams"],
                                 return_dict_in_generate=True, output_scores=True, **settings)
            rows = []
            for row, score in zip(out.sequences[:, inputs.shape[1]:].tolist(), out.sequences_scores.tolist()):
                end = next((i + 1 for i, t in enumerate(row) if t in (0, 2)), len(row))
                rows.append({"tokens": row[:end], "score": score})
            cases.append({"ids": inputs[0].tolist(), "settings": settings, "beams": rows})
    return cases


@torch.no_grad()
def perplexity(window, stride):
    """As transformers' page on perplexity has it."""
    tokens = tokenizer(text[:1500], add_special_tokens=False, return_tensors="pt")["input_ids"]
    scores, before = [], 0
    for begin in range(0, tokens.shape[1], stride):
        end = min(begin + window, tokens.shape[1])
        row = tokens[:, begin:end]
        logprobs = torch.log_softmax(model(row).logits[0, :-1].double(), -1)
        found = logprobs.gather(1, row[0, 1:, None])[:, 0]
        # Labels before `before` are masked; the first of a window has no prediction.
        scores += found[max(before - begin - 1, 0):].tolist() if before > begin else found.tolist()
        before = end
        if end == tokens.shape[1]:
            break
    return {"window": window, "stride": stride, "text": text[:1500], "scores": scores}


json.dump({
    "warpers": warpers(), "greedy": greedy(), "beams": beams(),
    "perplexity": [perplexity(64, 32), perplexity(64, 64), perplexity(100, 1 + 36), perplexity(2048, 512)],
}, sys.stdout)
