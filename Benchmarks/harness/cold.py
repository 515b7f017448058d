"""From the start of a process to its first embedding of one sentence, and the memory that took."""
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from engines import weft
from harness import turns
from harness.processes import BENCHMARKS

SENTENCE = "The weft is the thread that is drawn through the warp to make cloth."
PEERS = ["onnxruntime", "onnxruntime, BERT fusions", "openvino", "torch"]


def measure(model, options):
    """Processes of all engines in turns; the files are in the page cache."""
    binary = str(weft.Weft.binary)
    commands = {"weft": [binary, "embed", model.graph, "--weights", model.folder, "--threads",
                         str(options.threads), SENTENCE]}
    for name in PEERS:
        if options.wants(name):
            commands[name] = [sys.executable, "-m", "harness.cold_peer", name,
                              json.dumps(model.as_dict()), str(options.threads), options.tokenizer]
    notes = {}
    for name, command in list(commands.items()):
        if run(command) is None:
            notes[name] = f"{name}: the process failed"
            del commands[name]
    found, others = turns.take(list(commands), lambda name: run(commands[name]), options)
    times = {name: [one["first_ms"] for one in results] for name, results in found.items()}
    memory = {name: [one["peak_bytes"] for one in results] for name, results in found.items()}
    return {"sentence": SENTENCE, "notes": notes, "others_cpu_share": others,
            "engines": {name: {"median_ms": statistics.median(values), "rounds_ms": values,
                               "peak_bytes": statistics.median(memory[name]),
                               "ratio": turns.median_ratio(values, times.get("weft", []))}
                        for name, values in times.items()}}


def run(command):
    """What `harness/stopwatch.py` says of a command; None where it fails."""
    # A small process starts it: the peak of memory that the system counts for a process begins with
    # that of the one it was forked from.
    result = subprocess.run(
        [sys.executable, "-I", "-S", str(Path(__file__).with_name("stopwatch.py")), *command],
        cwd=BENCHMARKS, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env=dict(os.environ, TOKENIZERS_PARALLELISM="false"))
    return json.loads(result.stdout) if result.returncode == 0 else None
