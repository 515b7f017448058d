"""Weft, by its own command: each measurement is a process of its own."""
import json
import subprocess
import tempfile
from pathlib import Path

from harness.environment import ROOT


class Weft:
    name = "weft"
    precision = "f32"
    binary = ROOT / ".build/release/weft"

    def __init__(self, model, threads, tokenizer_folder):
        self.model, self.threads, self.tokenizer_folder = model, threads, tokenizer_folder

    def files(self):
        """The graph file and the folder of its weights."""
        return self.model.graph, self.model.folder

    def call(self, command, *arguments):
        graph, folder = self.files()
        return run(self.binary, command, graph, "--weights", folder, "--threads", self.threads,
                   *arguments)

    def load(self, batch, tokens):
        self.files()

    def answer(self, feed):
        """The last hidden state for `feed`."""
        from safetensors.numpy import load_file
        with tempfile.TemporaryDirectory() as folder:
            outputs = Path(folder, "outputs.safetensors")
            self.call("run", "--inputs", save(feed, folder), "--outputs", outputs)
            return load_file(str(outputs))["last_hidden_state"]

    def time(self, feed, runs):
        """Milliseconds of each run, and what else the command reports."""
        with tempfile.TemporaryDirectory() as folder:
            return json.loads(self.call(
                "bench", "--inputs", save(feed, folder), "--runs", runs, "--json"))


class Quantized(Weft):
    name = "weft int8"
    precision = "int8"

    def files(self):
        from harness.environment import cache
        folder = cache("models", self.model.name, "weft-int8")
        graph = folder / Path(self.model.graph).name
        # Made anew whenever the command that makes it is newer.
        if not graph.exists() or graph.stat().st_mtime < self.binary.stat().st_mtime:
            run(self.binary, "quantize", self.model.graph, "--weights", self.model.folder,
                "--scheme", "int8-dynamic", "--force", "-o", folder)
        return str(graph), str(folder)


def run(*command):
    """What a command prints; its error tells what it said."""
    return subprocess.run([str(word) for word in command], check=True, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout


def save(feed, folder):
    """`feed` as a safetensors file in `folder`."""
    from safetensors.numpy import save_file
    path = Path(folder, "inputs.safetensors")
    save_file({name: array.astype("int32") for name, array in feed.items()}, str(path))
    return path
