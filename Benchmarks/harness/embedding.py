"""Texts to vectors: what a peer does for a list of them, and the cell that compares with Weft."""
import json
import statistics
import tempfile
import time
from pathlib import Path

from engines import of_precision
from harness import texts, turns
from harness.processes import EngineFailed, start

# Where the tokenizer.json of all-MiniLM-L6-v2 cuts a text.
LONGEST = 128
BATCHES = [1, 8, 16, 32, 64]
SMALLEST_COSINE = 0.999


def work(peer, path, batch, output):
    """Everything from texts to vectors of length 1, sorted by length and in batches of `batch`."""
    import numpy
    from tokenizers import Tokenizer
    lines = Path(path).read_text().splitlines()
    if not hasattr(peer, "tokenizer"):
        peer.tokenizer = Tokenizer.from_file(str(Path(peer.tokenizer_folder, "tokenizer.json")))
        peer.tokenizer.no_padding()
    begin = time.perf_counter()
    encodings = peer.tokenizer.encode_batch_fast(lines)
    ids = [encoding.ids for encoding in encodings]
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
    groups = [order[i:i + batch] for i in range(0, len(order), batch)]
    feeds = [padded(ids, group, peer.model.input_names) for group in groups]
    vectors = numpy.empty((len(ids), peer.model.config["hidden_size"]), dtype="float32")
    for group, feed, hidden in zip(groups, feeds, peer.run_all(feeds)):
        mask = feed["attention_mask"].astype("float32")[:, None, :]
        means = (mask @ hidden)[:, 0] / mask.sum(axis=2)
        vectors[group] = means / numpy.linalg.norm(means, axis=1, keepdims=True)
    seconds = time.perf_counter() - begin
    if output:
        numpy.save(output, vectors)
    return {"seconds": seconds}


def padded(ids, group, names):
    """The inputs of one batch, shorter rows filled up."""
    import numpy
    longest = max(len(ids[i]) for i in group)
    feed = {name: numpy.zeros((len(group), longest), dtype="int64") for name in names}
    for row, i in enumerate(group):
        feed["input_ids"][row, :len(ids[i])] = ids[i]
        feed["attention_mask"][row, :len(ids[i])] = 1
    return feed


def measure(model, options, count=1000):
    """Weft's whole command against what the peers do once they are loaded, in turns."""
    with tempfile.TemporaryDirectory() as folder:
        lines = texts.mixed_texts(count)
        path, sample = Path(folder, "texts.txt"), Path(folder, "sample.txt")
        path.write_text("\n".join(lines) + "\n")
        sample.write_text("\n".join(lines[::8]) + "\n")
        engines = [e for e in of_precision("f32", many_batches=True) if options.wants(e.name)]
        running, best, answers, notes = [], {}, {}, {}
        try:
            for engine in engines:
                process = start(engine, model, options.threads, options.tokenizer)
                try:
                    best[engine.name] = best_batch(process, sample)
                    answers[engine.name] = answer(process, path, best[engine.name], folder)
                    running.append(process)
                except EngineFailed as error:
                    notes[engine.name] = str(error)
                    process.close()
            check(answers)
            processes = {process.name: process for process in running}
            times, others = turns.take(
                list(processes), lambda name: once(processes[name], path, best[name]), options)
        finally:
            for process in running:
                process.close()
    return {"texts": count, "tokens": count_tokens(lines, options.tokenizer), "batches": best,
            "notes": notes, "others_cpu_share": others, "engines": summary(times, count)}


def count_tokens(lines, folder):
    """Tokens of all texts, as the tokenizer cuts them."""
    tokenizer = texts.tokenizer(folder, LONGEST)
    return sum(len(encoding.ids) for encoding in tokenizer.encode_batch(lines))


def once(process, path, batch, output=None):
    """Seconds for all texts: a peer's work, or Weft's process from its start to its end."""
    if batch is not None:
        return process.ask(do="embed", texts=str(path), batch=batch, output=output)["seconds"]
    begin = time.perf_counter()
    process.checked(process.engine.call, "embed", "--file", path)
    return time.perf_counter() - begin


def best_batch(process, sample):
    """The batch size that a peer is fastest with; None for Weft, which finds its own."""
    process.load()
    if not hasattr(process, "ask"):
        return None
    seconds = {}
    for batch in BATCHES:
        # The first pass meets new shapes, the second is what counts.
        process.ask(do="embed", texts=str(sample), batch=batch)
        seconds[batch] = process.ask(do="embed", texts=str(sample), batch=batch)["seconds"]
    return min(seconds, key=seconds.get)


def answer(process, path, batch, folder):
    import numpy
    if batch is None:
        lines = process.checked(process.engine.call, "embed", "--json", "--file", path)
        return numpy.array([json.loads(line)["embedding"] for line in lines.splitlines()])
    output = str(Path(folder, "vectors.npy"))
    once(process, path, batch, output)
    return numpy.load(output)


def check(answers):
    """All must agree, or none is timed."""
    reference = next(vectors for name, vectors in answers.items() if not name.startswith("weft"))
    for name, vectors in answers.items():
        cosine = float((vectors * reference).sum(axis=1).min())
        if not cosine >= SMALLEST_COSINE:
            raise EngineFailed(f"{name}: wrong vectors, cosine {cosine:.4f}; nothing was timed")


def summary(times, count):
    ours = times.get("weft", [])
    return {name: {"seconds": statistics.median(values), "rounds_s": values,
                   "texts_per_second": count / statistics.median(values),
                   "ratio": turns.median_ratio(values, ours)} for name, values in times.items()}
