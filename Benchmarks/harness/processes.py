"""Engines as the harness sees them: each in a process that stands still while it isn't its turn."""
import ctypes
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from engines.peer import Peer

BENCHMARKS = Path(__file__).resolve().parent.parent


class EngineFailed(Exception):
    """An engine couldn't do what it was asked; the text says why."""


def start(engine, model, threads, tokenizer_folder):
    """A process for `engine`, or the engine itself where each call is a process of its own."""
    if issubclass(engine, Peer):
        return PeerProcess(engine, model, threads, tokenizer_folder)
    return CommandProcess(engine, model, threads, tokenizer_folder)


def die_with_parent():
    """In a child on Linux: a worker that stands still must not be left behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class PeerProcess:
    """A worker that a signal stops between two requests, so that none of its threads spins."""

    def __init__(self, engine, model, threads, tokenizer_folder):
        self.name = engine.name
        self.log = open(os.devnull if not os.environ.get("WEFT_BENCHMARK_LOG") else
                        os.environ["WEFT_BENCHMARK_LOG"], "a")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "harness.worker", engine.name, json.dumps(model.as_dict()),
             str(threads), str(tokenizer_folder)],
            cwd=BENCHMARKS, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self.log, start_new_session=True, preexec_fn=die_with_parent)
        self.signal(signal.SIGSTOP)

    def signal(self, number):
        # The whole session: torch.compile starts processes of its own.
        os.killpg(self.process.pid, number)

    def ask(self, **request):
        self.signal(signal.SIGCONT)
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise EngineFailed(f"{self.name}: the process ended, status {self.process.wait()}")
        self.signal(signal.SIGSTOP)
        result = json.loads(line)
        if "error" in result:
            raise EngineFailed(f"{self.name}: {result['error']}")
        return result

    def load(self, batch=None, tokens=None):
        return self.ask(do="load", batch=batch, tokens=tokens)

    def hidden(self, feed, folder):
        import numpy
        output = str(Path(folder, "hidden.npy"))
        self.ask(do="hidden", feed=self.file(feed, folder), output=output)
        return numpy.load(output)

    def time(self, feed, runs, folder):
        return self.ask(do="time", feed=self.file(feed, folder), runs=runs)

    @staticmethod
    def file(feed, folder):
        import numpy
        path = Path(folder, "feed.npz")
        if not path.exists():
            numpy.savez(path, **feed)
        return str(path)

    def close(self):
        if self.process.poll() is None:
            self.signal(signal.SIGKILL)
            self.process.wait()
        self.log.close()


class CommandProcess:
    """Weft: nothing of it runs between two calls."""

    def __init__(self, engine, model, threads, tokenizer_folder):
        self.name = engine.name
        self.engine = engine(model, threads, tokenizer_folder)

    def load(self, batch=None, tokens=None):
        return self.checked(self.engine.load, batch, tokens)

    def hidden(self, feed, folder):
        return self.checked(self.engine.answer, feed)

    def time(self, feed, runs, folder):
        return self.checked(self.engine.time, feed, runs)

    def checked(self, call, *arguments):
        try:
            return call(*arguments)
        except subprocess.CalledProcessError as error:
            said = (error.stderr or "").strip().splitlines()
            raise EngineFailed(f"{self.name}: exit status {error.returncode}, "
                               f"{said[0] if said else 'nothing said'}") from None
        except FileNotFoundError as error:
            raise EngineFailed(f"{self.name}: {error.filename} isn't there") from None

    def close(self):
        pass
