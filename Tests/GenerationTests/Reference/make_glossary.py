#!/usr/bin/env python3
"""Trains the small model of Docs/Examples/glossary: it answers what the words of Docs/Glossary.md mean.

A Llama of 160,000 weights with a byte-level tokenizer of 512 tokens and a chat template. What it says
is of no use; that a text of it is right or wrong can be seen at once.
Usage: make_glossary.py Docs/Glossary.md Docs/Examples/glossary    (torch, transformers, tokenizers)
"""
import json
import re
import sys
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

source, folder = Path(sys.argv[1]), Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
rows = re.findall(r"^\| ([^|]+?) \| ([^|]+?) \| [^|]* \|$", source.read_text(encoding="utf-8"), re.M)
rows = [(w, re.sub(r"[`*]", "", d)) for w, d in rows if w != "word" and not w.startswith("---")]
TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + "
    "'<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
SYSTEM = "Answer with a line of the glossary."


def conversation(word, definition, system=False):
    head = f"<|im_start|>system\n{SYSTEM}<|im_end|>\n" if system else ""
    return f"{head}<|im_start|>user\nWhat is {word}?<|im_end|>\n<|im_start|>assistant\n{definition}.<|im_end|>\n"


texts = [conversation(w, d, s) for w, d in rows for s in (False, True)]
tokenizer = Tokenizer(models.BPE())
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
tokenizer.decoder = decoders.ByteLevel()
special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
tokenizer.train_from_iterator(
    texts, trainers.BpeTrainer(vocab_size=512, special_tokens=special,
                               initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
fast = PreTrainedTokenizerFast(
    tokenizer_object=tokenizer, eos_token="<|im_end|>", bos_token="<|endoftext|>", pad_token="<|endoftext|>")
fast.chat_template = TEMPLATE

torch.manual_seed(1)
torch.set_num_threads(1)
config = LlamaConfig(
    vocab_size=512, hidden_size=64, intermediate_size=160, num_hidden_layers=3, num_attention_heads=4,
    num_key_value_heads=2, max_position_embeddings=256, tie_word_embeddings=True, rms_norm_eps=1e-5,
    bos_token_id=0, eos_token_id=2, pad_token_id=0)
model = LlamaForCausalLM(config)
stream = [fast(t, add_special_tokens=False)["input_ids"] for t in texts]
optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3, weight_decay=0.01)
steps, batch, length = int(sys.argv[3]) if len(sys.argv) > 3 else 1500, 16, 96
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, 6e-3, total_steps=steps)
generator = torch.Generator().manual_seed(2)
for step in range(steps):
    ids = torch.zeros(batch, length, dtype=torch.long)
    labels = torch.full((batch, length), -100)
    for i in range(batch):
        # One to three conversations after each other, as a chat goes.
        row = []
        while len(row) < length:
            row += stream[torch.randint(len(stream), (1,), generator=generator).item()]
            if torch.rand(1, generator=generator).item() < 0.4:
                break
        row = row[:length]
        ids[i, : len(row)] = torch.tensor(row)
        labels[i, : len(row)] = torch.tensor(row)
    loss = model(input_ids=ids, attention_mask=(labels >= 0).long(), labels=labels).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    scheduler.step()
    optimizer.zero_grad()
    if step % 100 == 0:
        print(step, round(loss.item(), 3), flush=True)
model = model.half()
model.generation_config.eos_token_id = [2, 0]
model.save_pretrained(folder)
fast.save_pretrained(folder)
