"""llama.cpp through llama-cpp-python: one turn as a process of its own.

    python3 -m engines.llamacpp FILE.gguf --threads 2 --prompts 128 512 --context 160 --steps 32

Prints JSON: milliseconds of a prompt of each length, and of a token after `context` others; medians.
With --greedy it goes on with the likeliest token, and writes ids and logits in place of that.
"""
import argparse
import ctypes
import json
import statistics
import time

import llama_cpp
import numpy


def prompt(count):
    return [7 + i * 31 % 900 for i in range(count)]


def greedy(context, vocabulary, options):
    """Writes `ids`, the prompt's and the likeliest that follow, and the `logits` after the prompt and
    each of them but the last."""
    ids, rows = prompt(options.prompts[0]), []
    new = ids
    for _ in range(options.greedy):
        tokens = (ctypes.c_int * len(new))(*new)
        if llama_cpp.llama_decode(context, llama_cpp.llama_batch_get_one(tokens, len(new))) != 0:
            raise SystemExit("llama_decode failed")
        logits = llama_cpp.llama_get_logits_ith(context, -1)
        rows.append(numpy.ctypeslib.as_array(logits, (vocabulary,)).copy())
        new = [int(rows[-1].argmax())]
        ids = ids + new
    numpy.savez(options.save, ids=numpy.array(ids, numpy.int32), logits=numpy.stack(rows))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--prompts", type=int, nargs="*", default=[])
    parser.add_argument("--context", type=int, default=160)
    parser.add_argument("--steps", type=int, default=32)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--first", type=int, metavar="TOKENS",
                        help="only the milliseconds from the call to the token after so many")
    parser.add_argument("--greedy", type=int, metavar="TOKENS", help="only the likeliest tokens, "
                        "one by one, after a prompt of the first of --prompts")
    parser.add_argument("--save", metavar="FILE.npz", help="where --greedy's ids and logits go")
    options = parser.parse_args()

    silent = llama_cpp.llama_log_callback(lambda level, text, user: None)
    llama_cpp.llama_log_set(silent, None)
    start = time.perf_counter()
    llama_cpp.llama_backend_init()
    model = llama_cpp.llama_model_load_from_file(
        options.file.encode(), llama_cpp.llama_model_default_params())
    settings = llama_cpp.llama_context_default_params()
    settings.n_ctx = max(options.context + options.steps,
                         *options.prompts, sum(options.prompts[:1], options.greedy or 0)) + 32
    settings.n_batch = settings.n_ubatch = 512
    settings.n_threads = settings.n_threads_batch = options.threads
    context = llama_cpp.llama_init_from_model(model, settings)
    memory = llama_cpp.llama_get_memory(context)

    def run(count):
        tokens = (ctypes.c_int * count)(*prompt(count))
        begin = time.perf_counter()
        if llama_cpp.llama_decode(context, llama_cpp.llama_batch_get_one(tokens, count)) != 0:
            raise SystemExit("llama_decode failed")
        llama_cpp.llama_get_logits_ith(context, -1)[0]
        return (time.perf_counter() - begin) * 1e3

    if options.first:
        run(options.first)
        print(json.dumps({"first_ms": (time.perf_counter() - start) * 1e3}))
        return
    if options.greedy:
        greedy(context, llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(model)),
               options)
        return
    found = {"prompts": {}}
    for count in options.prompts:
        times = []
        for _ in range(options.runs + 1):
            llama_cpp.llama_memory_clear(memory, True)
            times.append(run(count))
        found["prompts"][str(count)] = statistics.median(times[1:])
    llama_cpp.llama_memory_clear(memory, True)
    # Half of the steps before the context, half after it: on average each has as much to look at.
    run(max(1, options.context - options.steps // 2))
    found["decode"] = statistics.median(run(1) for _ in range(options.steps))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
