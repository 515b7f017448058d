"""Runs a command: milliseconds from its start to the first byte it prints, and its peak memory.

    python3 -I -S stopwatch.py COMMAND...
"""
import os
import sys
import time

reading, writing = os.pipe()
begin = time.perf_counter()
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=[
    (os.POSIX_SPAWN_DUP2, writing, 1), (os.POSIX_SPAWN_CLOSE, reading)])
os.close(writing)
first = os.read(reading, 1)
milliseconds = (time.perf_counter() - begin) * 1e3
while os.read(reading, 65536):
    pass
_, status, usage = os.wait4(child, 0)
if status != 0 or not first:
    sys.exit(1)
print(f'{{"first_ms": {milliseconds:.3f}, "peak_bytes": {usage.ru_maxrss * 1024}}}')
