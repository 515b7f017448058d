"""English texts that every Python brings along, and inputs made of them.

The pages of the language reference in `pydoc_data` are real prose of several hundred kilobytes;
so nothing has to be fetched, and one version of Python gives the same texts everywhere.
"""
import random
import re
from pathlib import Path


def sentences():
    """All sentences of the reference, in a fixed order."""
    from pydoc_data.topics import topics
    found = []
    for name in sorted(topics):
        for paragraph in re.split(r"\n\s*\n", topics[name]):
            lines = paragraph.splitlines()
            # Indented far, or made of symbols: an example or a grammar, not prose.
            if any(line.startswith("       ") for line in lines) or "::=" in paragraph:
                continue
            text = " ".join(paragraph.split()).replace('"', "").replace("*", "")
            for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z])", text):
                letters = sum(c.isalpha() or c.isspace() for c in sentence)
                if len(sentence) >= 20 and letters >= 0.85 * len(sentence):
                    found.append(sentence)
    return list(dict.fromkeys(found))


def mixed_texts(count=1000, seed=3):
    """`count` texts, shuffled: of ten six are a sentence, three two or three, one up to eight."""
    source = sentences()
    generator = random.Random(seed)
    texts = []
    for i in range(count):
        size = (1, 1, 1, 1, 1, 1, 2, 2, 3, generator.randint(4, 8))[i % 10]
        start = generator.randrange(len(source) - size)
        texts.append(" ".join(source[start:start + size]))
    generator.shuffle(texts)
    return texts


def tokenizer(folder, longest=None):
    """Hugging Face's tokenizer of a checkpoint, without padding."""
    from tokenizers import Tokenizer
    found = Tokenizer.from_file(str(Path(folder, "tokenizer.json")))
    found.no_padding()
    if longest is None:
        found.no_truncation()
    else:
        found.enable_truncation(longest)
    return found


def inputs(model, tokenizer_folder, batch, tokens):
    """Rows of exactly `tokens` tokens of prose, by input name."""
    import numpy
    ids = tokenizer(tokenizer_folder).encode(" ".join(sentences()), add_special_tokens=False).ids
    first, last, inner = 101, 102, tokens - 2
    rows = [[first, *ids[i * inner:(i + 1) * inner], last] for i in range(batch)]
    feed = {"input_ids": numpy.array(rows, dtype="int64"),
            "attention_mask": numpy.ones((batch, tokens), dtype="int64"),
            "token_type_ids": numpy.zeros((batch, tokens), dtype="int64")}
    return {name: feed[name] for name in model.input_names}
