#!/usr/bin/env python3
"""Times MiniLM's hidden states in Weft and in ONNX Runtime, in turn, in one run, and prints the ratio.

    Benchmarks/encoder.py [--batch 1] [--tokens 128] [--threads 2] [--rounds 7] [--runs 30]
                          [--weights FOLDER] [--weft .build/release/weft] [--json FILE]

Needs Python 3.9 or newer. On the first call it makes a virtual environment in the user's cache with
onnxruntime, onnx, numpy and safetensors from PyPI. The ONNX model is written from the same
checkpoint, operation by operation as PyTorch's exporter writes it (MatMul + Add, erf GELU, opset 17),
and ONNX Runtime runs it as it comes (all graph optimizations) and once more after its own BERT
fusions. Each round times every engine once for `runs` runs; what is printed is the median over all
rounds, and the ratio is the median of the rounds' ratios, so that a drift of the machine's speed
falls on both alike.
"""
import argparse, json, os, statistics, subprocess, sys, tempfile, time
from pathlib import Path

PACKAGES = ["onnxruntime", "onnx", "numpy", "safetensors", "sympy"]
ROOT = Path(__file__).resolve().parent.parent


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--tokens", type=int, default=128)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--weights", type=Path, help="default: what Scripts/fetch-minilm caches")
    parser.add_argument("--weft", type=Path, default=ROOT / ".build/release/weft")
    parser.add_argument("--json", type=Path, help="write the figures there, too")
    return parser.parse_args()


def enter_environment():
    """Runs this script again inside a virtual environment that has the packages."""
    if os.environ.get("WEFT_BENCHMARK_ENVIRONMENT"):
        return
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    home = cache / "weft" / "benchmarks"
    python = home / "bin" / "python3"
    marker = home / "complete"
    if not marker.exists():
        print(f"installing {', '.join(PACKAGES)} from PyPI into {home}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        marker.touch()
    environment = dict(os.environ, WEFT_BENCHMARK_ENVIRONMENT="1")
    os.execve(str(python), [str(python), __file__, *sys.argv[1:]], environment)


def write_onnx(folder, path):
    """The encoder as an ONNX file: token ids and mask in, last hidden state out."""
    import numpy, onnx
    from onnx import TensorProto, helper, numpy_helper
    from safetensors.numpy import load_file

    config = json.loads((folder / "config.json").read_text())
    weights = load_file(str(folder / "model.safetensors"))
    width, heads = config["hidden_size"], config["num_attention_heads"]
    size, epsilon = width // heads, config["layer_norm_eps"]
    nodes, constants, count = [], {}, [0]

    def constant(name, array):
        constants.setdefault(name, numpy_helper.from_array(numpy.ascontiguousarray(array), name))
        return name

    def add(kind, *inputs, **attributes):
        count[0] += 1
        result = f"{kind.lower()}_{count[0]}"
        nodes.append(helper.make_node(kind, list(inputs), [result], name=result, **attributes))
        return result

    def linear(x, name):
        product = add("MatMul", x, constant(name + ".weight.T", weights[name + ".weight"].T))
        return add("Add", product, constant(name + ".bias", weights[name + ".bias"]))

    def norm(x, name):
        scale, shift = (constant(f"{name}.{part}", weights[f"{name}.{part}"])
                        for part in ("weight", "bias"))
        return add("LayerNormalization", x, scale, shift, axis=-1, epsilon=epsilon)

    def scalar(name, value, kind="float32"):
        return constant(name, numpy.array(value, dtype=kind))

    def ints(name, *values):
        return constant(name, numpy.array(values, dtype="int64"))

    words = add("Gather", constant("words", weights["embeddings.word_embeddings.weight"]), "input_ids")
    places = constant("places", weights["embeddings.position_embeddings.weight"][None])
    length = add("Slice", add("Shape", "input_ids"), ints("one", 1), ints("two", 2))
    places = add("Slice", places, ints("zero", 0), length, ints("axis", 1))
    kind = constant("kind", weights["embeddings.token_type_embeddings.weight"][0])
    x = norm(add("Add", add("Add", words, kind), places), "embeddings.LayerNorm")

    visible = add("Unsqueeze", add("Cast", "attention_mask", to=TensorProto.FLOAT), ints("mask_axes", 1, 2))
    mask = add("Mul", add("Sub", scalar("1.0", 1.0), visible),
               scalar("lowest", float(numpy.finfo("float32").min)))
    split, merged = ints("split", 0, 0, heads, size), ints("merged", 0, 0, width)
    for i in range(config["num_hidden_layers"]):
        layer = f"encoder.layer.{i}"

        def head(part, order):
            y = linear(x, f"{layer}.attention.self.{part}")
            return add("Transpose", add("Reshape", y, split), perm=order)

        q, k, v = head("query", [0, 2, 1, 3]), head("key", [0, 2, 3, 1]), head("value", [0, 2, 1, 3])
        scores = add("Div", add("MatMul", q, k), scalar("root", size ** 0.5))
        share = add("Softmax", add("Add", scores, mask), axis=-1)
        mixed = add("Transpose", add("MatMul", share, v), perm=[0, 2, 1, 3])
        attended = linear(add("Reshape", mixed, merged), f"{layer}.attention.output.dense")
        h = norm(add("Add", attended, x), f"{layer}.attention.output.LayerNorm")
        inner = linear(h, f"{layer}.intermediate.dense")
        erf = add("Erf", add("Div", inner, scalar("sqrt2", 2 ** 0.5)))
        gelu = add("Mul", add("Mul", inner, add("Add", erf, scalar("1.0", 1.0))), scalar("half", 0.5))
        x = norm(add("Add", linear(gelu, f"{layer}.output.dense"), h), f"{layer}.output.LayerNorm")
    nodes[-1].output[0] = "last_hidden_state"

    def tensor(name, kind, *shape):
        return helper.make_tensor_value_info(name, kind, list(shape))

    graph = helper.make_graph(
        nodes, "minilm",
        [tensor(n, TensorProto.INT64, "batch", "tokens") for n in ("input_ids", "attention_mask")],
        [tensor("last_hidden_state", TensorProto.FLOAT, "batch", "tokens", width)],
        list(constants.values()))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
    return width, heads


def session(path, threads):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def fuse(path, fused, heads, width):
    """ONNX Runtime's own fusions for BERT."""
    from onnxruntime.transformers import optimizer
    optimizer.optimize_model(
        str(path), model_type="bert", num_heads=heads, hidden_size=width, opt_level=1,
    ).save_model_to_file(str(fused))


def main():
    options = arguments()
    enter_environment()
    import numpy, onnxruntime
    folder = options.weights
    if folder is None:
        lines = subprocess.run([str(ROOT / "Scripts/fetch-minilm")], check=True, text=True,
                               stdout=subprocess.PIPE).stdout.strip().splitlines()
        folder = Path(lines[-1])
    generator = numpy.random.default_rng(1)
    shape = (options.batch, options.tokens)
    feed = {"input_ids": generator.integers(1000, 30000, shape),
            "attention_mask": numpy.ones(shape, dtype="int64")}

    with tempfile.TemporaryDirectory() as temporary:
        plain, fused = Path(temporary, "minilm.onnx"), Path(temporary, "fused.onnx")
        width, heads = write_onnx(folder, plain)
        fuse(plain, fused, heads, width)
        sessions = {"onnxruntime": session(plain, options.threads),
                    "onnxruntime, BERT fusions": session(fused, options.threads)}
        compare_answers(options, folder, feed, sessions, Path(temporary))

        def time_peer(peer):
            def run():
                start = time.perf_counter()
                peer.run(["last_hidden_state"], feed)
                return (time.perf_counter() - start) * 1e3
            for _ in range(3):
                run()
            return statistics.median(run() for _ in range(options.runs))

        def time_weft():
            output = subprocess.run(
                [str(options.weft), "profile", str(ROOT / "Graphs/minilm.weft"), "--weights",
                 str(folder), "--bind", f"batch={options.batch},tokens={options.tokens}", "--runs",
                 str(options.runs), "--threads", str(options.threads), "--json"],
                check=True, text=True, stdout=subprocess.PIPE).stdout
            return json.loads(output)["wall"]

        times = {"weft": [], **{name: [] for name in sessions}}
        for _ in range(options.rounds):
            times["weft"].append(time_weft())
            for name, peer in sessions.items():
                times[name].append(time_peer(peer))

    report(options, times, onnxruntime.__version__)


def compare_answers(options, folder, feed, sessions, temporary):
    """Both engines must give the same hidden states, or the times mean nothing."""
    import numpy
    from safetensors.numpy import load_file, save_file
    inputs, outputs = temporary / "in.safetensors", temporary / "out.safetensors"
    save_file({name: array.astype("int32") for name, array in feed.items()}, str(inputs))
    subprocess.run([str(options.weft), "run", str(ROOT / "Graphs/minilm.weft"), "--weights",
                    str(folder), "--inputs", str(inputs), "--outputs", str(outputs)], check=True,
                   stdout=subprocess.DEVNULL)
    ours = load_file(str(outputs))["last_hidden_state"]
    for name, peer in sessions.items():
        difference = numpy.abs(peer.run(["last_hidden_state"], feed)[0] - ours).max()
        print(f"largest difference of hidden states to {name}: {difference:.1e}")
        if not difference < 1e-3:
            sys.exit("the engines disagree; nothing was timed")


def report(options, times, version):
    ratios = {name: statistics.median(a / b for a, b in zip(values, times["weft"]))
              for name, values in times.items()}
    best = min((name for name in times if name != "weft"),
               key=lambda name: statistics.median(times[name]))
    print(f"MiniLM, hidden states, f32, batch {options.batch} x {options.tokens} tokens, "
          f"{options.threads} threads, onnxruntime {version}, {options.rounds} rounds")
    print(f"{'engine':<28}{'median ms':>10}{'min':>9}{'max':>9}{'time / Weft':>13}")
    for name, values in times.items():
        print(f"{name:<28}{statistics.median(values):>10.2f}{min(values):>9.2f}{max(values):>9.2f}"
              f"{ratios[name]:>13.2f}")
    print(f"ratio: Weft is {ratios[best]:.2f} times as fast as {best}")
    if options.json:
        options.json.write_text(json.dumps({"times": times, "ratios": ratios, "best": best}, indent=1))


if __name__ == "__main__":
    main()
