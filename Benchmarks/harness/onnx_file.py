"""Writes a BERT encoder as an ONNX file, operation by operation as PyTorch's exporter does."""
import hashlib
import inspect
import json
import os
import sys
from pathlib import Path

from harness.environment import cache


def onnx_file(model):
    """The ONNX file of `model`, written where it isn't there yet."""
    key = hashlib.sha256(inspect.getsource(sys.modules[__name__]).encode()).hexdigest()[:8]
    path = cache("models", model.name, "onnx-" + key) / "model.onnx"
    if not path.exists():
        write(model, path)
    return path


def write(model, path):
    """Ids and mask in, the last hidden state out; and the pooled one where the model has it."""
    import onnx
    partial = path.with_suffix(f".{os.getpid()}.partial")
    graph = Encoder(model).graph()
    onnx.checker.check_model(graph)
    onnx.save(graph, str(partial))
    partial.rename(path)


class Encoder:
    """The nodes and constants of an encoder, opset 17: MatMul + Add, erf GELU."""

    def __init__(self, model):
        from safetensors.numpy import load_file
        self.model = model
        self.config = json.loads(Path(model.folder, "config.json").read_text())
        self.weights = load_file(str(Path(model.folder, "model.safetensors")))
        self.nodes, self.constants = [], {}

    def constant(self, name, array):
        import numpy
        from onnx import numpy_helper
        if name not in self.constants:
            array = numpy.array(array, order="C")
            self.constants[name] = numpy_helper.from_array(array, name)
        return name

    def scalar(self, name, value):
        import numpy
        return self.constant(name, numpy.array(value, dtype="float32"))

    def ints(self, name, *values):
        import numpy
        return self.constant(name, numpy.array(values, dtype="int64"))

    def table(self, name):
        return self.constant(name, self.weights[name])

    def add(self, kind, *inputs, result=None, **attributes):
        from onnx import helper
        result = result or f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(
            helper.make_node(kind, list(inputs), [result], name=result, **attributes))
        return result

    def linear(self, x, name):
        weight = self.constant(name + ".weight.T", self.weights[name + ".weight"].T)
        return self.add("Add", self.add("MatMul", x, weight), self.table(name + ".bias"))

    def norm(self, x, name, result=None):
        return self.add("LayerNormalization", x, self.table(name + ".weight"),
                        self.table(name + ".bias"), result=result, axis=-1,
                        epsilon=self.config["layer_norm_eps"])

    def embeddings(self):
        words = self.add("Gather", self.table("embeddings.word_embeddings.weight"), "input_ids")
        kinds = self.weights["embeddings.token_type_embeddings.weight"]
        if self.model.pooled:
            kind = self.add("Gather", self.constant("kinds", kinds), "token_type_ids")
        else:
            kind = self.constant("kind", kinds[0])
        places = self.weights["embeddings.position_embeddings.weight"][None]
        length = self.add("Slice", self.add("Shape", "input_ids"), self.ints("one", 1),
                          self.ints("two", 2))
        place = self.add("Slice", self.constant("places", places), self.ints("zero", 0), length,
                         self.ints("axis", 1))
        x = self.add("Add", self.add("Add", words, kind), place)
        return self.norm(x, "embeddings.LayerNorm")

    def mask(self):
        import numpy
        from onnx import TensorProto
        visible = self.add("Unsqueeze", self.add("Cast", "attention_mask", to=TensorProto.FLOAT),
                           self.ints("mask_axes", 1, 2))
        return self.add("Mul", self.add("Sub", self.scalar("1.0", 1.0), visible),
                        self.scalar("lowest", float(numpy.finfo("float32").min)))

    def attention(self, x, mask, name):
        heads = self.config["num_attention_heads"]
        width = self.config["hidden_size"]
        size = width // heads
        split, merged = self.ints("split", 0, 0, heads, size), self.ints("merged", 0, 0, width)

        def head(part, order):
            y = self.linear(x, f"{name}.self.{part}")
            return self.add("Transpose", self.add("Reshape", y, split), perm=order)

        q, k, v = (head("query", [0, 2, 1, 3]), head("key", [0, 2, 3, 1]),
                   head("value", [0, 2, 1, 3]))
        scores = self.add("Div", self.add("MatMul", q, k), self.scalar("root", size ** 0.5))
        share = self.add("Softmax", self.add("Add", scores, mask), axis=-1)
        mixed = self.add("Transpose", self.add("MatMul", share, v), perm=[0, 2, 1, 3])
        y = self.linear(self.add("Reshape", mixed, merged), f"{name}.output.dense")
        return self.norm(self.add("Add", y, x), f"{name}.output.LayerNorm")

    def layer(self, x, mask, name, result=None):
        h = self.attention(x, mask, f"{name}.attention")
        inner = self.linear(h, f"{name}.intermediate.dense")
        erf = self.add("Erf", self.add("Div", inner, self.scalar("sqrt2", 2 ** 0.5)))
        one = self.scalar("1.0", 1.0)
        gelu = self.add("Mul", self.add("Mul", inner, self.add("Add", erf, one)),
                        self.scalar("half", 0.5))
        y = self.linear(gelu, f"{name}.output.dense")
        return self.norm(self.add("Add", y, h), f"{name}.output.LayerNorm", result)

    def graph(self):
        from onnx import TensorProto, helper
        x, mask = self.embeddings(), self.mask()
        layers, width = self.config["num_hidden_layers"], self.config["hidden_size"]
        for i in range(layers):
            last = "last_hidden_state" if i == layers - 1 else None
            x = self.layer(x, mask, f"encoder.layer.{i}", last)

        def tensor(name, kind, *shape):
            return helper.make_tensor_value_info(name, kind, list(shape))

        outputs = [tensor(x, TensorProto.FLOAT, "batch", "tokens", width)]
        if self.model.pooled:
            first = self.add("Gather", x, self.constant("first", self.first()), axis=1)
            self.add("Tanh", self.linear(first, "pooler.dense"), result="pooler_output")
            outputs.append(tensor("pooler_output", TensorProto.FLOAT, "batch", width))
        inputs = [tensor(name, TensorProto.INT64, "batch", "tokens")
                  for name in self.model.input_names]
        graph = helper.make_graph(self.nodes, self.model.name, inputs, outputs,
                                  list(self.constants.values()))
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)

    @staticmethod
    def first():
        import numpy
        return numpy.array(0, dtype="int64")
