"""Starts the command that was built for the tests: WEFT names another."""
import os
import re
import signal
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WEFT = os.environ.get("WEFT") or str(ROOT / ".build/release/weft")


class Server:
    """`weft serve` with the small model of Docs/Examples, at a port of its own."""

    def __init__(self, *options, env=None):
        self.process = subprocess.Popen(
            [WEFT, "serve", "Graphs/llama.weft", "--weights", "Docs/Examples/glossary", "--port", "0", *options],
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
