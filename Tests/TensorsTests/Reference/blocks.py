#!/usr/bin/env python3
"""Writes blocks.bin: random blocks of each format and what the gguf package makes of them.

For each format in turn 12 blocks, then their reals as f32. Scales cover all sizes that f16 has, with
zeros and subnormal numbers among them; all other bytes are random.

Usage: blocks.py > blocks.bin
"""
import sys

import numpy
from gguf import GGMLQuantizationType
from gguf.quants import dequantize

BLOCKS = 12
# The format, bytes of a block, where its f16 stand.
FORMATS = [
    ("Q8_0", 34, [0]), ("Q4_0", 18, [0]), ("Q4_1", 20, [0, 2]), ("Q5_0", 22, [0]),
    ("Q5_1", 24, [0, 2]), ("Q4_K", 144, [0, 2]), ("Q5_K", 176, [0, 2]), ("Q6_K", 210, [208]),
]

random = numpy.random.default_rng(5)
for name, size, halves in FORMATS:
    blocks = random.integers(0, 256, (BLOCKS, size), dtype=numpy.uint8)
    for at in halves:
        scales = random.normal(size=BLOCKS) * 10.0 ** random.uniform(-7, 2, BLOCKS)
        scales[:3] = [0, -0.0, 3e-7]
        blocks[:, at:at + 2] = scales.astype("<f2").reshape(-1, 1).view(numpy.uint8)
    reals = dequantize(blocks, GGMLQuantizationType[name])
    sys.stdout.buffer.write(blocks.tobytes())
    sys.stdout.buffer.write(reals.astype("<f4").tobytes())
