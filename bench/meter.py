"""CPU time and memory of a tree of processes, from /proc. Processes that ended are in their parent's account."""

from __future__ import annotations

import os
from pathlib import Path

import psutil

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_ms(root: int) -> float:
    """User and system time so far of the process and everything below it, ended children included."""
    process = psutil.Process(root)
    return sum(_own_ms(one.pid) for one in (process, *process.children(recursive=True)))


def _own_ms(pid: int) -> float:
    """utime + stime, and cutime + cstime: those of children that ended and were waited for."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return sum(map(int, after_name[11:15])) * 1000 / TICKS


def memory_mb(root: int) -> list[tuple[float, float]]:
    """(RSS, PSS) of each process below `root`, in MB: PSS shares out what several hold together."""
    found = []
    for child in psutil.Process(root).children(recursive=True):
        try:
            lines = Path(f"/proc/{child.pid}/smaps_rollup").read_text().splitlines()
        except FileNotFoundError:
            continue
        kb = {line.split()[0].rstrip(":"): int(line.split()[1]) for line in lines[1:]}
        found.append((kb["Rss"] / 1024, kb["Pss"] / 1024))
    return found
