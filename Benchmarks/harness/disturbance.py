"""How much of the processors others took while something was measured."""
import os
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


class Disturbance:
    """Counts from its making on; Linux only, elsewhere `share` gives None."""

    def __init__(self):
        self.start = snapshot()

    def share(self):
        """CPU time of others, and what a hypervisor took, over all CPU time that went by."""
        if self.start is None:
            return None
        busy, total, own = (b - a for a, b in zip(self.start, snapshot()))
        return max(0.0, busy - own) / max(total, 1)


def snapshot():
    """Ticks since the start: all work and stolen time; all time; work of this process and below."""
    try:
        fields = list(map(int, Path("/proc/stat").read_text().split("\n")[0].split()[1:9]))
    except OSError:
        return None
    user, nice, system, idle, iowait, interrupts, soft, steal = fields
    busy = user + nice + system + interrupts + soft + steal
    return busy, sum(fields), own_ticks()


def own_ticks():
    """CPU time of this process, its descendants, and those of them that have ended."""
    ticks, parents = {}, {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(folder.name)] = int(fields[1])
        ticks[int(folder.name)] = sum(map(int, fields[11:15]))

    def is_own(process):
        while process > 1:
            if process == os.getpid():
                return True
            process = parents.get(process, 0)
        return False

    return sum(count for process, count in ticks.items() if is_own(process))
