"""Keeps others from the machine while something is timed."""
import contextlib
import shlex
import subprocess

from harness.disturbance import Disturbance


@contextlib.contextmanager
def alone(command):
    """Holds `command` around the body, gives what counts how much others disturbed it.

    `command` is put before another one and holds something until that ends, such as
    `flock /tmp/benchmark.lock`; empty for none.
    """
    if not command:
        yield Disturbance()
        return
    holder = subprocess.Popen(
        [*shlex.split(command), "sh", "-c", "echo held; cat >/dev/null"], text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        if holder.stdout.readline() != "held\n":
            raise SystemExit(f"--hold: {command}: exit status {holder.wait()}")
        yield Disturbance()
    finally:
        holder.communicate()
