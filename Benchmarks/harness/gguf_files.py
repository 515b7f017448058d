"""GGUF files of Llama-shaped models with random weights, made with the gguf package."""
import numpy
from gguf import GGMLQuantizationType, GGUFWriter, quants

SHAPES = {
    # About TinyLlama: 22 layers, grouped heads.
    "1.1b": dict(layers=22, width=2048, inner=5632, heads=32, kv_heads=4, vocabulary=32000),
    # About GPT-2's size, with Llama's parts.
    "110m": dict(layers=12, width=768, inner=2048, heads=12, kv_heads=12, vocabulary=32000),
}
FORMATS = {
    "f16": GGMLQuantizationType.F16, "q8_0": GGMLQuantizationType.Q8_0,
    "q4_0": GGMLQuantizationType.Q4_0, "q4_k": GGMLQuantizationType.Q4_K,
}


def make(path, shape, format, seed=0):
    """Writes a model of SHAPES[shape] with all matrices in FORMATS[format]; nothing where it is there."""
    if path.exists():
        return path
    sizes, kind = SHAPES[shape], FORMATS[format]
    random = numpy.random.default_rng(seed)
    part = path.with_suffix(".part")
    writer = GGUFWriter(part, "llama")
    head = sizes["width"] // sizes["heads"]
    writer.add_name(f"random {shape}")
    writer.add_context_length(4096)
    writer.add_embedding_length(sizes["width"])
    writer.add_block_count(sizes["layers"])
    writer.add_feed_forward_length(sizes["inner"])
    writer.add_head_count(sizes["heads"])
    writer.add_head_count_kv(sizes["kv_heads"])
    writer.add_rope_dimension_count(head)
    writer.add_rope_freq_base(10000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(sizes["vocabulary"])
    writer.add_tokenizer_model("no_vocab")

    def matrix(name, rows, columns):
        data = blocks(random, rows, columns, kind)
        writer.add_tensor(name, data, raw_dtype=kind)

    def norm(name):
        writer.add_tensor(name, numpy.ones(sizes["width"], numpy.float32))

    width, inner, kv = sizes["width"], sizes["inner"], sizes["kv_heads"] * head
    matrix("token_embd.weight", sizes["vocabulary"], width)
    for i in range(sizes["layers"]):
        norm(f"blk.{i}.attn_norm.weight")
        matrix(f"blk.{i}.attn_q.weight", width, width)
        matrix(f"blk.{i}.attn_k.weight", kv, width)
        matrix(f"blk.{i}.attn_v.weight", kv, width)
        matrix(f"blk.{i}.attn_output.weight", width, width)
        norm(f"blk.{i}.ffn_norm.weight")
        matrix(f"blk.{i}.ffn_gate.weight", inner, width)
        matrix(f"blk.{i}.ffn_up.weight", inner, width)
        matrix(f"blk.{i}.ffn_down.weight", width, inner)
    norm("output_norm.weight")
    matrix("output.weight", sizes["vocabulary"], width)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    part.rename(path)
    return path


def blocks(random, rows, columns, kind):
    """A matrix of deviation 0.02 or so in blocks of `kind`."""
    if kind != GGMLQuantizationType.Q4_K:
        values = random.standard_normal((rows, columns), numpy.float32) * numpy.float32(0.02)
        return values.astype(numpy.float16) if kind == GGMLQuantizationType.F16 \
            else quants.quantize(values, kind)
    # gguf-py has no quantizer for q4_k. Any bytes are a block; the scales are chosen so that weights
    # are 0.02 or so: d · 6 bits · 4 bits - dmin · 6 bits.
    count = rows * columns // 256
    data = random.integers(0, 256, (count, 144), numpy.uint8)
    data[:, 0:2] = numpy.full(count, 1.2e-4, numpy.float16).view(numpy.uint8).reshape(count, 2)
    data[:, 2:4] = numpy.full(count, 9e-4, numpy.float16).view(numpy.uint8).reshape(count, 2)
    return data.reshape(rows, -1)
