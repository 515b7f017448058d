"""Writes the tokenizers of this folder as the metadata of GGUF files, with the gguf package.

python3 record_gguf.py
"""

import json
import os

from gguf import GGUFWriter, TokenType

here = os.path.dirname(os.path.abspath(__file__))


def record(name, model, pre, bos=None, eos=None, unknown=None, template=None):
    with open(os.path.join(here, f"{name}.tokenizer.json"), encoding="utf-8") as file:
        document = json.load(file)
    vocabulary = document["model"]["vocab"]
    merges = [m if isinstance(m, list) else m.split(" ") for m in document["model"]["merges"]]
    tokens = sorted(vocabulary, key=vocabulary.get)
    special = {t["content"] for t in document["added_tokens"]}
    kinds, scores = [], []
    rank = {"".join(pair): i for i, pair in reversed(list(enumerate(merges)))}
    for token in tokens:
        if len(token) == 6 and token.startswith("<0x"):
            kinds.append(TokenType.BYTE)
        elif token == unknown:
            kinds.append(TokenType.UNKNOWN)
        else:
            kinds.append(TokenType.CONTROL if token in special else TokenType.NORMAL)
        scores.append(-float(rank.get(token, 0)))
    writer = GGUFWriter(os.path.join(here, f"{name}.gguf"), "llama")
    writer.add_tokenizer_model(model)
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    if model == "llama":
        writer.add_token_scores(scores)
    else:
        writer.add_token_merges([" ".join(pair) for pair in merges])
    if bos is not None:
        writer.add_bos_token_id(vocabulary[bos])
    if eos is not None:
        writer.add_eos_token_id(vocabulary[eos])
    if unknown is not None:
        writer.add_unk_token_id(vocabulary[unknown])
    if template is not None:
        writer.add_chat_template(template)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()


record("gpt2", "gpt2", "gpt-2", "<|endoftext|>", "<|endoftext|>")
record("llama3", "gpt2", "llama-bpe", "<|begin_of_text|>", "<|eot_id|>", template="{{ bos_token }}")
record("llama2", "llama", "default", "<s>", "</s>", "<unk>")
