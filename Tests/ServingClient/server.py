"""Starts the command that was built for the tests: WEFT names another."""
import os
import re
import signal
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WEFT = os.environ.get("WEFT") or str(ROOT / ".build/release/weft")


SMALL = ["--weights", "Docs/Examples/glossary"]
# 60 million weights in f32: as large as weights that no cache holds.
LARGE = [
    "--random-weights", "1", "--tokenizer", "Docs/Examples/glossary/tokenizer.json", "--set", "layers=8",
    "--set", "width=768", "--set", "heads=12", "--set", "inner=2048", "--set", "vocabulary=4096"]


class Server:
    """`weft serve` with the small model of Docs/Examples, or another, at a port of its own."""

    def __init__(self, *options, model=SMALL, env=None):
        self.process = subprocess.Popen(
            [WEFT, "serve", "Graphs/llama.weft", *model, "--port", "0", *options],
            cwd=ROOT, stderr=subprocess.PIPE, text=True, env={**os.environ, **(env or {})})
        line = self.process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        if not found:
            self.process.kill()
            raise RuntimeError(line + self.process.stderr.read())
        self.port = int(found[1])
        self.url = f"http://127.0.0.1:{self.port}"

    def resident(self):
        """Bytes that the process has in memory."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def stop(self, how=signal.SIGTERM):
        """Stops the server, and gives its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        status = self.process.wait(timeout=60)
        self.process.stderr.close()
        return status

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
