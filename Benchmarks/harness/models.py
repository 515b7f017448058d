"""The models that are measured: a graph file for Weft and a checkpoint folder for all engines."""
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from harness.environment import ROOT, cache


@dataclass(frozen=True)
class Model:
    """An encoder of BERT's shape; `folder` has model.safetensors and config.json."""
    name: str
    title: str
    graph: str
    folder: str
    pooled: bool

    @property
    def config(self):
        return json.loads(Path(self.folder, "config.json").read_text())

    @property
    def input_names(self):
        names = ["input_ids", "attention_mask"]
        return names + ["token_type_ids"] if self.pooled else names

    def as_dict(self):
        return dict(self.__dict__)


def minilm(folder=None):
    """all-MiniLM-L6-v2 with its trained weights."""
    if folder is None:
        lines = subprocess.run([str(ROOT / "Scripts/fetch-minilm")], check=True, text=True,
                               stdout=subprocess.PIPE).stdout.strip().splitlines()
        folder = lines[-1]
    return Model("minilm", "MiniLM", str(ROOT / "Graphs/minilm.weft"), str(folder), pooled=False)


def bert_base():
    """BERT-base's shape with random weights."""
    folder = random_checkpoint("bert-base", width=768, layers=12, heads=12)
    return Model("bert-base", "BERT-base", str(ROOT / "Graphs/bert.weft"), str(folder), pooled=True)


def minilm_of(layers):
    """MiniLM's shape with another number of layers and random weights."""
    name = f"minilm-{layers}-layers"
    folder = random_checkpoint(name, width=384, layers=layers, heads=12, pooled=False)
    return Model(name, f"MiniLM, {layers} layers", str(ROOT / "Graphs/minilm.weft"), str(folder),
                 pooled=False)


def random_checkpoint(name, width, layers, heads, pooled=True):
    """Writes a checkpoint of that shape as BertModel names its tensors, and gives its folder."""
    import numpy
    from safetensors.numpy import save_file
    folder = cache("models", name)
    config = {
        "architectures": ["BertModel"], "model_type": "bert", "vocab_size": 30522,
        "hidden_size": width, "num_hidden_layers": layers, "num_attention_heads": heads,
        "intermediate_size": 4 * width, "max_position_embeddings": 512, "type_vocab_size": 2,
        "hidden_act": "gelu", "layer_norm_eps": 1e-12, "pad_token_id": 0,
        "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1,
        "initializer_range": 0.02, "position_embedding_type": "absolute",
    }
    if (folder / "config.json").exists():
        return folder
    random = numpy.random.default_rng(7)
    tensors = {}

    def linear(path, outputs, inputs):
        tensors[path + ".weight"] = random.normal(0, 0.02, (outputs, inputs)).astype("float32")
        tensors[path + ".bias"] = random.normal(0, 0.02, outputs).astype("float32")

    def norm(path):
        tensors[path + ".weight"] = (1 + random.normal(0, 0.02, width)).astype("float32")
        tensors[path + ".bias"] = random.normal(0, 0.02, width).astype("float32")

    for table, rows in [("word", 30522), ("position", 512), ("token_type", 2)]:
        tensors[f"embeddings.{table}_embeddings.weight"] = random.normal(
            0, 0.02, (rows, width)).astype("float32")
    norm("embeddings.LayerNorm")
    for i in range(layers):
        layer = f"encoder.layer.{i}"
        for part in ("query", "key", "value"):
            linear(f"{layer}.attention.self.{part}", width, width)
        linear(f"{layer}.attention.output.dense", width, width)
        norm(f"{layer}.attention.output.LayerNorm")
        linear(f"{layer}.intermediate.dense", 4 * width, width)
        linear(f"{layer}.output.dense", width, 4 * width)
        norm(f"{layer}.output.LayerNorm")
    if pooled:
        linear("pooler.dense", width, width)
    partial = folder / f"partial-{os.getpid()}"
    save_file(tensors, str(partial), metadata={"format": "pt"})
    partial.rename(folder / "model.safetensors")
    # Written last: its presence says that the folder is whole.
    (folder / "config.json").write_text(json.dumps(config, indent=1))
    return folder
