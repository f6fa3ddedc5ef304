"""The table of a run: on the terminal, and as Markdown for docs/performance.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from pathlib import Path

from bench.run import Result

CEILING_TIMES = 4.0
MARK = "<!-- measured -->"


def verdict(value: float, aim: float | None) -> str:
    return "" if aim is None else "ok" if value <= aim else "**short**"


def summary(results: Sequence[Result]) -> list[tuple[str, ...]]:
    """One row per operation: what was aimed at, what was measured, whether it holds."""
    rows: list[tuple[str, ...]] = [
        ("operation", "Moodle", "aim", "measured", "web", "PostgreSQL", "", "ceiling", "x", "")
    ]
    for one in results:
        if not one.levels:
            rows.append((one.name, one.moodle, _figure(one.aim), "–", "", "", "**wrong**", "", "", ""))
            continue
        last = one.levels[-1]
        times = one.cpu / one.ceiling if one.ceiling else None
        rows.append(
            (
                one.name,
                one.moodle,
                _figure(one.aim),
                _figure(one.cpu),
                _figure(last.web),
                _figure(last.postgres),
                "**wrong**" if one.wrong else verdict(one.cpu, one.aim),
                _figure(one.ceiling),
                f"{times:.1f}" if times else "",
                verdict(times, CEILING_TIMES) if times and one.page else "",
            )
        )
    return rows


def details(results: Sequence[Result]) -> list[tuple[str, ...]]:
    """One row per operation and number of clients."""
    rows: list[tuple[str, ...]] = [
        (
            "operation",
            "KB",
            "clients",
            "requests",
            "requests/s",
            "median ms",
            "p95 ms",
            "web",
            "PostgreSQL",
            "load generator",
        )
    ]
    for one in results:
        for level in one.levels:
            figures = (level.per_second, level.median, level.p95, level.web, level.postgres, level.load)
            size = f"{one.size / 1024:.0f}" if one.size else ""
            rows.append((one.name, size, str(level.clients), str(level.requests), *map(_figure, figures)))
    return rows


def as_text(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines).replace("**", "")


def as_markdown(rows: Sequence[tuple[str, ...]]) -> str:
    head, *body = ["| " + " | ".join(row) + " |" for row in rows]
    rule = "|---|" + "---:|" * (len(rows[0]) - 1)
    return "\n".join([head, rule, *body])


def machine() -> str:
    """Processor, cores, memory, kernel, Python."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{model}, {os.cpu_count()} cores, {gigabytes:.0f} GB, {platform.system()} "
        f"{platform.release().partition('-')[0]}, Python {platform.python_version()}"
    )


def write(path: Path, measured: str, mark: str = MARK) -> None:
    """Put the measured part between the two marks; what is written by hand around it stays."""
    before, _mark, rest = path.read_text().partition(mark)
    _old, _mark, after = rest.partition(mark)
    path.write_text(f"{before}{mark}\n{measured}\n{mark}{after}")


def _figure(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"
