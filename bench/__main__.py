"""`./lms bench`: measure and print; --write keeps the table in docs/performance.md."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import psycopg

from bench import large, matrix, reminders, report, reports, statistics
from bench.data import load
from bench.house import House, house
from bench.meter import memory_mb
from bench.operations import Visits, ceiling, today_words
from bench.run import Result, certificates, daily, measure, yardstick
from bench.size import FULL, SMALL, Size

ROOT = Path(__file__).resolve().parent.parent
WORKER_MB = 200.0
MOODLE_CRON = "1,400 at best, 31,000 as shipped"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./lms bench", description=__doc__)
    parser.add_argument("--write", action="store_true", help="keep the table in docs/performance.md")
    parser.add_argument(
        "--small", action="store_true", help="a small organisation and short measurements: does it run?"
    )
    parser.add_argument(
        "--only",
        default="",
        help="operations whose name contains this; 'reminders': the daily job at full size; 'matrix': 10,000 by 30;"
        " 'statistics': 10,000 by 200; 'reports': every report of it, 'reports osha' some",
    )
    parser.add_argument(
        "--scale", choices=("usual", "large"), default="usual", help="large: 2,000,000 assignments, and a tenth of them"
    )
    parser.add_argument("--again", action="store_true", help="use the data of the last run of today")
    parser.add_argument("--data", type=Path, default=ROOT / "var" / "bench", help="where database and logs go")
    given = parser.parse_args(arguments)
    if given.only == "reminders":
        return reminders.measure(given.data.resolve(), small=given.small)
    if given.only == "matrix":
        return matrix.measure(given.data.resolve(), small=given.small)
    if given.only.split()[:1] == ["reports"]:
        wanted = given.only.removeprefix("reports").strip()
        return reports.measure(given.data.resolve(), small=given.small, keep=given.write, only=wanted)
    if given.scale == "large":
        return large.measure(given.data.resolve(), small=given.small, keep=given.write, only=given.only)
    if given.only == "statistics":
        return statistics.measure(given.data.resolve(), small=given.small)
    size = SMALL if given.small else FULL
    with house(given.data.resolve(), for_tests=given.small) as here:
        took = here.fill(size.name, lambda app: load(app, size), again=given.again)
        taken = f"{size.people:,} people, {size.people * size.courses:,} enrollments and assignments"
        print(f"Loaded {taken} in {took:.0f} s.", flush=True)
        before = yardstick()
        results, memory = measure_all(here, size, given.only)
        pace = f"A fixed piece of Python took {before:.0f} ms of CPU before and {yardstick():.0f} ms after the run."
    text = told(results, memory, size, pace)
    print(text.replace("**", ""))
    if given.write:
        report.write(ROOT / "docs" / "performance.md", markdown(results, memory, pace))
    wrong = [f"{one.name}: {said}" for one in results for said in one.wrong[:3]]
    print("\n".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


def measure_all(here: House, size: Size, only: str) -> tuple[list[Result], list[tuple[float, float]]]:
    """Pages, their ceilings, the daily job, and the certificates; memory of the web workers after all of it."""
    results = []
    with psycopg.connect(here.dsn, autocommit=True) as database, here.serving():
        for operation in Visits(here.app, database, size).all():
            if only not in operation.name:
                continue
            result = measure(here, operation, size)
            if result.page:  # at once, while the machine is as busy as it was
                best = measure(here, ceiling(result.size, size), size)
                result.ceiling, result.wrong = best.cpu, result.wrong + best.wrong
            results.append(result)
            print(f"  {result.name}: {result.cpu:.1f} ms" + "".join(f"\n    {w}" for w in result.wrong[:3]), flush=True)
        memory = memory_mb(here.web)
    if only in "daily job":
        results.append(daily(here, MOODLE_CRON))
    if only in "certificates":
        results.append(certificates(here, 1 if size.name == "small" else 4))
    return results, memory


def told(results: list[Result], memory: list[tuple[float, float]], size: Size, pace: str) -> str:
    return "\n\n".join(
        [
            "",
            report.as_text(report.details(results)),
            "CPU milliseconds per request, web and PostgreSQL processes, at the most clients:",
            report.as_text(report.summary(results)),
            memory_words(memory),
            f"{size.name} size; {report.machine()}; {today_words()}. {pace}",
        ]
    )


def markdown(results: list[Result], memory: list[tuple[float, float]], pace: str) -> str:
    return "\n\n".join(
        [
            f"Measured {today_words()} on {report.machine()}. {pace}",
            "CPU milliseconds per request, web and PostgreSQL processes together, at the most clients:",
            report.as_markdown(report.summary(results)),
            memory_words(memory),
            "### Latency and throughput",
            report.as_markdown(report.details(results)),
        ]
    )


def memory_words(memory: list[tuple[float, float]]) -> str:
    if not memory:
        return ""
    each = ", ".join(f"{rss:.0f} MB RSS, {pss:.0f} MB PSS" for rss, pss in memory)
    held = report.verdict(max(pss for _rss, pss in memory), WORKER_MB)
    return f"Web workers after the run: {each} (aim: under {WORKER_MB:.0f} MB PSS): {held}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
