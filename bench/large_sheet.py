"""A completion sheet of a million rows: how fast it streams, and what it does to the memory of the web server (REP-5)."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from bench.house import HOST, House
from bench.visitors import AGENT, visitor

AIM_PER_SECOND = 50_000
FLAT_MB = 40.0
COURSES = 100  # of 200: a million of two


@dataclass(frozen=True, slots=True)
class Sheet:
    """`before`, `peak` and `after`: the RSS of the largest web process, MB."""

    rows: int
    seconds: float
    first: float
    before: float
    peak: float
    after: float
    status: int

    @property
    def held(self) -> bool:
        fast = self.rows / self.seconds >= AIM_PER_SECOND
        return self.status == http.HTTPStatus.OK and fast and self.peak - self.before < FLAT_MB

    def words(self) -> str:
        if self.status != http.HTTPStatus.OK:
            return f"The completion CSV answered {self.status}: not measured."
        words = "ok" if self.held else "**short**"
        return (
            f"Completion CSV of {self.rows:,} rows: {self.seconds:.1f} s, the first byte of rows after {self.first:.1f} s, "
            f"{self.rows / self.seconds:,.0f} rows/s (aim: {AIM_PER_SECOND:,}); RSS of the web process {self.before:.0f} MB "
            f"before, {self.peak:.0f} at most, {self.after:.0f} after (aim: flat within {FLAT_MB:.0f}): {words}"
        )


def sheet(here: House, people: int, memory: Callable[[int], list[tuple[float, float]]]) -> Sheet:
    """Asked for by HR, read as it comes and thrown away."""
    cookie = visitor(here.app, people + 2).cookie
    query = "&".join(f"course={course}" for course in range(1, COURSES + 1))

    def largest() -> float:
        return max((rss for rss, _pss in memory(here.web)), default=0.0)

    read_sheet(here, cookie, "/hr/reports/completion.csv?course=1")
    before, seen, done = largest(), [0.0], threading.Event()

    def watch() -> None:
        while not done.wait(0.2):
            seen.append(largest())

    watching = threading.Thread(target=watch)
    watching.start()
    began = time.monotonic()
    status, rows, first = read_sheet(here, cookie, f"/hr/reports/completion.csv?{query}")
    took = time.monotonic() - began
    done.set()
    watching.join()
    return Sheet(rows, took, first, before, max(seen), largest(), status)


def read_sheet(here: House, cookie: str, address: str) -> tuple[int, int, float]:
    """(status, rows without the head, seconds to the first of them); read as it comes and thrown away."""
    connection = http.client.HTTPConnection("127.0.0.1", here.port, timeout=600)
    began, first, rows = time.monotonic(), 0.0, -1
    connection.request("GET", address, headers={"Host": HOST, "Cookie": cookie, "User-Agent": AGENT})
    answer = connection.getresponse()
    while piece := answer.read1(1 << 18):
        rows += piece.count(b"\n")
        if rows > 0 and not first:
            first = time.monotonic() - began
    connection.close()
    return answer.status, rows, first
