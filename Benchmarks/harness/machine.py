"""What is said of the machine and the day beside every figure."""
import datetime
import os
import platform
from pathlib import Path


def processor():
    """The processor as it calls itself."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return " ".join(line.partition(":")[2].split())
    except OSError:
        pass
    return platform.processor() or platform.machine()


def caption():
    """`AMD EPYC, 2 processors, Linux, 25 November 2026`."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    today = datetime.date.today()
    return (f"{processor()}, {count} processors, {platform.system()}, "
            f"{today.day} {today.strftime('%B %Y')}")
