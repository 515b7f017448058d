"""GGUF files of Llama-shaped models with random weights, made with the gguf package."""
import numpy
from gguf import GGMLQuantizationType, GGUFReader, GGUFWriter, quants

SHAPES = {
    # About TinyLlama: 22 layers, grouped heads.
    "1.1b": dict(layers=22, width=2048, inner=5632, heads=32, kv_heads=4, vocabulary=32000),
    # About GPT-2's size, with Llama's parts.
    "110m": dict(layers=12, width=768, inner=2048, heads=12, kv_heads=12, vocabulary=32000),
}
FORMATS = {
    "f16": GGMLQuantizationType.F16, "q8_0": GGMLQuantizationType.Q8_0,
    "q4_0": GGMLQuantizationType.Q4_0, "q4_1": GGMLQuantizationType.Q4_1,
    "q5_0": GGMLQuantizationType.Q5_0, "q5_1": GGMLQuantizationType.Q5_1,
    "q4_k": GGMLQuantizationType.Q4_K, "q5_k": GGMLQuantizationType.Q5_K,
    "q6_k": GGMLQuantizationType.Q6_K, "f32": GGMLQuantizationType.F32,
}


def make(path, shape, format, seed=0):
    """Writes a model of SHAPES[shape] with all matrices in FORMATS[format]; nothing where it is there."""
    random, kind = numpy.random.default_rng(seed), FORMATS[format]
    return write(path, shape, lambda name, rows, columns: (blocks(random, rows, columns, kind), kind))


def widen(path, shape, source):
    """Writes the model of `source` with the same weights in f32."""
    if path.exists():
        return path
    tensors = {one.name: one for one in GGUFReader(source).tensors}

    def matrix(name, rows, columns):
        values = quants.dequantize(tensors[name].data, tensors[name].tensor_type)
        return values.reshape(rows, columns).astype(numpy.float32), GGMLQuantizationType.F32
    return write(path, shape, matrix)


def write(path, shape, contents):
    """Writes a model whose matrices are what `contents(name, rows, columns)` gives, with their types."""
    if path.exists():
        return path
    sizes = SHAPES[shape]
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
        data, kind = contents(name, rows, columns)
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


# Of each type that the gguf package has no quantizer for: bytes of a block of 256 weights, where its
# halves for the scales begin, and values of them with which weights are 0.02 or so.
RANDOM_BLOCKS = {
    # d · 6 bits · 4 bits - dmin · 6 bits
    GGMLQuantizationType.Q4_K: (144, {0: 1.2e-4, 2: 9e-4}),
    # d · 6 bits · 5 bits - dmin · 6 bits
    GGMLQuantizationType.Q5_K: (176, {0: 6e-5, 2: 9e-4}),
    # d · 8 bits · 6 bits, both signed
    GGMLQuantizationType.Q6_K: (210, {208: 1.5e-5}),
}


def blocks(random, rows, columns, kind):
    """A matrix of deviation 0.02 or so in blocks of `kind`."""
    if kind not in RANDOM_BLOCKS:
        values = random.standard_normal((rows, columns), numpy.float32) * numpy.float32(0.02)
        if kind == GGMLQuantizationType.F32:
            return values
        return values.astype(numpy.float16) if kind == GGMLQuantizationType.F16 \
            else quants.quantize(values, kind)
    size, scales = RANDOM_BLOCKS[kind]
    # Any bytes are a block.
    data = random.integers(0, 256, (rows * columns // 256, size), numpy.uint8)
    for begin, scale in scales.items():
        data[:, begin:begin + 2] = numpy.frombuffer(numpy.float16(scale).tobytes(), numpy.uint8)
    return data.reshape(rows, -1)
