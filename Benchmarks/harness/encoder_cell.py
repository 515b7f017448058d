"""One cell of the table: all engines on one model at one size, in turns."""
import statistics
import tempfile

from engines import of_precision
from harness import texts, turns
from harness.processes import EngineFailed, start

LARGEST_DIFFERENCE = 1e-3
SMALLEST_COSINE = 0.97


def measure(model, precision, batch, tokens, options):
    """Times of all engines of `precision`, after a check that their answers agree."""
    feed = texts.inputs(model, options.tokenizer, batch, tokens)
    engines = [e for e in of_precision(precision) if options.wants(e.name)]
    reference = of_precision("f32")[1]
    notes, running, agreement = {}, [], {}
    with tempfile.TemporaryDirectory() as folder:
        try:
            expected = answer_of(reference, model, feed, batch, tokens, folder, options)
            for engine in engines:
                process = start(engine, model, options.threads, options.tokenizer)
                try:
                    process.load(batch, tokens)
                    agreement[engine.name] = compare(process.hidden(feed, folder), expected)
                    check(precision, agreement[engine.name])
                    running.append(process)
                except EngineFailed as error:
                    notes[engine.name] = str(error)
                    process.close()
            processes = {process.name: process for process in running}
            times, others = turns.take(
                list(processes),
                lambda name: processes[name].time(feed, options.runs, folder)["median_ms"], options)
        finally:
            for process in running:
                process.close()
    return {"model": model.title, "precision": precision, "batch": batch, "tokens": tokens,
            "engines": summary(times), "agreement": agreement, "notes": notes,
            "others_cpu_share": others}


def answer_of(engine, model, feed, batch, tokens, folder, options):
    process = start(engine, model, options.threads, options.tokenizer)
    try:
        process.load(batch, tokens)
        return process.hidden(feed, folder)
    finally:
        process.close()


def compare(found, expected):
    """How far two hidden states are apart: the largest difference, and the least cosine of the
    rows' means over their tokens."""
    import numpy
    ours, theirs = found.mean(axis=1), expected.mean(axis=1)
    cosine = (ours * theirs).sum(-1) / (
        numpy.linalg.norm(ours, axis=-1) * numpy.linalg.norm(theirs, axis=-1))
    return {"largest_difference": float(numpy.abs(found - expected).max()),
            "cosine": float(cosine.min())}


def check(precision, agreement):
    if precision == "f32" and not agreement["largest_difference"] < LARGEST_DIFFERENCE:
        raise EngineFailed(f"wrong answer: off by {agreement['largest_difference']:.1e}; not timed")
    if not agreement["cosine"] >= SMALLEST_COSINE:
        raise EngineFailed(f"wrong answer: cosine {agreement['cosine']:.4f}; not timed")


def summary(times):
    """Medians over the rounds, by engine."""
    ours = next((values for name, values in times.items() if name.startswith("weft")), [])
    return {name: {"median_ms": statistics.median(values), "min_ms": min(values),
                   "max_ms": max(values), "rounds_ms": values,
                   "ratio": turns.median_ratio(values, ours)} for name, values in times.items()}
