"""Starts the command that was built for the tests: WEFT names another."""
import os
import resource
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WEFT = os.environ.get("WEFT") or str(ROOT / ".build/release/weft")
GLOSSARY = ["Graphs/llama.weft", "--weights", "Docs/Examples/glossary"]
GPT2 = ["Graphs/gpt2.weft", "--weights", "Tests/WeftTests/Reference/gpt2"]
DIMS = ["--bind", "batch=1,tokens=8"]


class Folder:
    """A folder of its own, that is gone at the end."""

    def __enter__(self):
        self.path = Path(tempfile.mkdtemp(prefix="weft-faults-"))
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)


def limits(file_bytes=None, address_bytes=None, default_signals=True):
    """What a child does to itself before it becomes `weft`."""
    def apply():
        # A shell's ulimit leaves the signals as they are, and so does this.
        if default_signals:
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        if file_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
        if address_bytes is not None:
            resource.setrlimit(resource.RLIMIT_AS, (address_bytes, address_bytes))
    return apply


def start(*arguments, prefix=(), before=None, env=None, **more):
    return subprocess.Popen(
        [*prefix, WEFT, *map(str, arguments)], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, preexec_fn=before, env={**os.environ, **(env or {})}, **more)


def run(*arguments, timeout=120, **more):
    """Exit status, standard output and standard error."""
    process = start(*arguments, **more)
    try:
        output, error = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    return process.returncode, output.decode(errors="replace"), error.decode(errors="replace")


def names(folder):
    """Everything in a folder, hidden files too."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
