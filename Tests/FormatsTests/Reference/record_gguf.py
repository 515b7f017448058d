"""Writes the GGUF files that FormatsTests read, with the gguf package, and what they hold.

python3 record_gguf.py
"""

import os

import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf import GGUFValueType as Value
from gguf import GGUFWriter, quants
from safetensors.numpy import save_file

here = os.path.dirname(os.path.abspath(__file__))
random = np.random.default_rng(5)


def k_blocks(kind, rows, columns):
    """Blocks that the package reads but doesn't write: random bytes with small scales."""
    size = {Type.Q4_K: 144, Type.Q5_K: 176, Type.Q6_K: 210}[kind]
    blocks = random.integers(0, 256, (rows * columns // 256, size), dtype=np.uint8)
    scales = (random.random((len(blocks), 2)) * 0.01).astype(np.float16).view(np.uint8)
    at = 208 if kind == Type.Q6_K else 0
    width = 2 if kind == Type.Q6_K else 4
    blocks[:, at : at + width] = scales.reshape(len(blocks), -1)[:, :width]
    return blocks.reshape(rows, -1)


writer = GGUFWriter(os.path.join(here, "kinds.gguf"), "test")
writer.add_uint8("a.uint8", 200)
writer.add_int8("a.int8", -100)
writer.add_uint16("a.uint16", 60000)
writer.add_int16("a.int16", -30000)
writer.add_uint32("a.uint32", 4000000000)
writer.add_int32("a.int32", -2000000000)
writer.add_uint64("a.uint64", 2**64 - 1)
writer.add_int64("a.int64", -(2**63))
writer.add_float32("a.float32", 1e-5)
writer.add_float64("a.float64", 0.1)
writer.add_bool("a.bool", True)
writer.add_string("a.string", "naïve 🙂")
writer.add_array("a.strings", ["", "Ġthe", "▁a"])
writer.add_array("a.integers", [1, -2, 3])
writer.add_array("a.floats", [0.5, -1.5])
writer.add_array("a.bools", [True, False])
writer.add_key_value("a.nested", [[1, 2], [3]], Value.ARRAY, Value.ARRAY)

expected = {}
shape = (3, 256)
for kind in [Type.F32, Type.F16, Type.BF16, Type.Q8_0, Type.Q4_0, Type.Q4_1, Type.Q5_0, Type.Q5_1]:
    name = kind.name.lower()
    reals = random.standard_normal(shape).astype(np.float32)
    stored = quants.quantize(reals, kind)
    dtype = None if kind in (Type.F32, Type.F16) else kind
    writer.add_tensor(name, stored, raw_dtype=dtype)
    expected[name] = quants.dequantize(stored, kind)
    # What the package was given, so that Weft's quantizers can be held to it.
    expected["reals." + name] = reals
for kind in [Type.Q4_K, Type.Q5_K, Type.Q6_K]:
    stored = k_blocks(kind, *shape)
    writer.add_tensor(kind.name.lower(), stored, raw_dtype=kind)
    expected[kind.name.lower()] = quants.dequantize(stored, kind)
writer.add_tensor("vector", np.arange(5, dtype=np.float32))
writer.add_tensor("cube", np.arange(24, dtype=np.float32).reshape(2, 3, 4))
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
save_file(expected, os.path.join(here, "kinds.safetensors"))
