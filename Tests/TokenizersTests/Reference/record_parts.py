"""Records what Hugging Face's tokenizers make of texts, one part at a time: parts.cases.json.

Needs tokenizers and sentencepiece from PyPI. Usage: python3 record_parts.py
"""
import base64
import io
import json
import pathlib
import tempfile

import sentencepiece
import sentencepiece.sentencepiece_model_pb2 as model_pb2
import tokenizers
from tokenizers import decoders, normalizers, pre_tokenizers, processors

TEXTS = [
    "", " ", "a", "Hello, world!", "  two  spaces   and\ttab\n\nlines \r\n", "I'll don't WE'VE 'S'd it's",
    "x1234567 3.14 ½ Ⅳ ٣٤", "naïve café e\u0301a\u0323\u0302 Å ﬁ ①", "你好，世界。カタカナ ひらがな 한국어 각",
    "emoji 🙂👨‍👩‍👧 🇩🇪 \u200b\u00a0\u3000x", "¿Qué? «oui» — “quotes” …", "snake_case CamelCase HTTPServer2",
    "\u0130stanbul ẞ ſ K 'ſ", "a\n \n b   \n", "▁meta ▁", "tab\t\tend\t", "mixed日本語and한글", "ＡＢＣ ｶﾞ ㈱ ㍿",
    "def f(x):\n    return x ** 2  # comment\n", "\u0001\u007f\ufeffctrl\ufffd", "न्हि क्षि กำ", "q\u0307\u0323 \u1e0b\u0323",
]

GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|"
          r"\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")
GPT4 = (r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|"
        r"\s*[\r\n]|\s+(?!\S)|\s+")
O200K = "|".join([
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"\p{N}{1,3}", r" ?[^\s\p{L}\p{N}]+[\r\n/]*", r"\s*[\r\n]+", r"\s+(?!\S)", r"\s+",
])
DEEPSEEK = (r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+|"
            r" ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
CJK = "[一-龥\u3040-ゟ゠-ヿ]+"
LAZY = r"a??b|(?:ab|a)*?c|\w+?\d|(?:\s|,){2,3}|[^a-z&&[^\d]]" .rsplit("|", 1)[0]


def regex(pattern):
    return tokenizers.Regex(pattern)


def split(pattern, behavior="isolated", invert=False):
    return pre_tokenizers.Split(pattern, behavior, invert)


PRE_TOKENIZERS = [split(regex(p)) for p in (GPT2, LLAMA3, QWEN2, GPT4, O200K, DEEPSEEK, CJK, LAZY)] + [
    split(pattern, behavior, invert)
    for pattern in (" ", regex(r"\d+|[A-Z]"))
    for behavior in ("removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous")
    for invert in (False, True)
] + [
    pre_tokenizers.ByteLevel(add_prefix_space=True), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    pre_tokenizers.CharDelimiterSplit("a"), pre_tokenizers.Digits(False), pre_tokenizers.Digits(True),
    pre_tokenizers.Metaspace(), pre_tokenizers.Metaspace(prepend_scheme="first", split=False),
    pre_tokenizers.Metaspace(prepend_scheme="never"), pre_tokenizers.Punctuation(),
    pre_tokenizers.Punctuation("merged_with_previous"), pre_tokenizers.Whitespace(), pre_tokenizers.WhitespaceSplit(),
    pre_tokenizers.BertPreTokenizer(),
    pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Digits(True), pre_tokenizers.Metaspace()]),
]


RULES = """
41\t61
42\t62 62
FB01\t66 69
2460\t31
FF21\t61
FF76\t30AB
FF76 FF9E\t30AC
65 301\tE9
61 323\t1EA1
61 323 302\t1EAD
200B\t
3000\t20
A0\t20
D\t
FEFF\t
130\t69
1F642\t3A 29
1F468 200D\t6D
2047\t3F 3F
""".strip()


def charsmap():
    """Rules as SentencePiece compiles them: few, so that the file stays small, but of all kinds."""
    out = io.BytesIO()
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as rules:
        rules.write(RULES + "\n")
        rules.flush()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(["hello world"] * 50), model_writer=out, vocab_size=24, model_type="unigram",
            hard_vocab_limit=False, normalization_rule_tsv=rules.name)
    model = model_pb2.ModelProto()
    model.ParseFromString(out.getvalue())
    return model.normalizer_spec.precompiled_charsmap


NORMALIZERS = [
    normalizers.NFC(), normalizers.NFD(), normalizers.NFKC(), normalizers.NFKD(), normalizers.Lowercase(),
    normalizers.Strip(), normalizers.Strip(left=False), normalizers.Nmt(),
    normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents()]), normalizers.Prepend("▁"),
    normalizers.Replace(" ", "▁"), normalizers.Replace(regex(r" {2,}"), " "), normalizers.Replace(regex(r"\p{P}"), "!?"),
    normalizers.BertNormalizer(),
]

DECODERS = [
    (decoders.Metaspace(), ["▁a", "▁b▁", "c", "▁"]), (decoders.Metaspace(prepend_scheme="never"), ["▁a", "▁b"]),
    (decoders.BPEDecoder(), ["ab</w>", "c", "d</w>", "e</w>"]),
    (decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()]), ["a", "<0xC3>", "<0xA9>", "<0xC3>", "b"]),
]


def state(part):
    return json.loads(part.__getstate__())


def main():
    here = pathlib.Path(__file__).parent
    precompiled = charsmap()
    records = {"texts": TEXTS, "pre_tokenizers": [], "normalizers": [], "decoders": []}
    for part in PRE_TOKENIZERS:
        words = [[word for word, _ in part.pre_tokenize_str(text)] for text in TEXTS]
        records["pre_tokenizers"].append({"part": state(part), "words": words})
    for part in NORMALIZERS:
        records["normalizers"].append({"part": state(part), "results": [part.normalize_str(text) for text in TEXTS]})
    part = normalizers.Precompiled(precompiled)
    records["normalizers"].append({
        "part": {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(precompiled).decode()},
        "results": [part.normalize_str(text) for text in TEXTS]})
    for part, tokens in DECODERS:
        records["decoders"].append({"part": state(part), "tokens": tokens, "text": part.decode(tokens)})
    (here / "parts.cases.json").write_text(json.dumps(records, ensure_ascii=False, indent=0) + "\n")


if __name__ == "__main__":
    main()
