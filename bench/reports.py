"""`./lms bench --only reports`: every report of the catalogue over 2,000,000 assignments (REP-1 to REP-5, DSH-1).

In the large house (`bench.large`), for HR and for the manager of everybody: the page with its first rows and their
count, and the whole CSV as it is sent; and a workbook, with the memory of the process that makes it.
"""

from __future__ import annotations

import http
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench import report
from bench.house import House, house
from bench.large import SMALL, WHOLE, Measured, Scale, load, operation
from bench.large_asked import Asked
from bench.large_sheet import read_sheet
from bench.meter import cpu_ms, memory_mb
from bench.operations import today_words
from bench.requests import Request
from bench.visitors import visitor
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.insight.reports.asked import asking_of
from lmsapp.insight.reports.catalogue import REPORTS
from lmsapp.insight.reports.reach import Reach, SeenAs
from lmsapp.insight.reports.said import heads_of
from lmsapp.insight.sheets import xlsx_file
from lmsapp.people.queries import load_viewer
from lmsapp.web.report_labels import report_labels

ROOT = Path(__file__).resolve().parent.parent
MARK = "<!-- measured reports -->"
FILL = Path(__file__).with_name("reports.sql")
AIM_MS = 300.0  # as of the dashboard
A_SECOND = 50_000
FEW = 20_000  # a short sheet says nothing of rows a second
XLSX_COURSES = 10  # 100,000 rows at full size
# What each is asked with; the others with nothing.
ASKED = {"transcript": "person=42", "go-no-go": "checklist=1"}
WINGS = ("hr", "team")


@dataclass(frozen=True, slots=True)
class Sent:
    """A whole file: `first` is the time to the first row, `cpu` that of web and PostgreSQL; seconds."""

    rows: int
    seconds: float
    first: float
    web: float
    postgres: float
    status: int

    @property
    def rate(self) -> float:
        return self.rows / self.seconds

    @property
    def short(self) -> bool:
        return self.status != http.HTTPStatus.OK or (self.rows >= FEW and self.rate < A_SECOND)


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook; `growth` is what the process that makes it needs beyond what it had, MB."""

    rows: int
    seconds: float
    growth: float


def measure(data: Path, *, small: bool, keep: bool = False, only: str = "") -> int:
    """Print the table; 1 where an aim is missed at full size, or an answer is not as it must be."""
    scale = SMALL if small else WHOLE
    with house(data, for_tests=small) as here:
        name = f"large_{scale.name}_{scale.people}"
        took = here.fill(name, lambda app: load(app, scale), again=True)
        with psycopg.connect(here.dsn) as connection:
            connection.execute(FILL.read_text())
        with psycopg.connect(here.dsn, autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")
        print(f"{scale.rows:,} assignments of {scale.people:,} people in {took:.0f} s.", flush=True)
        keys = [key for key in REPORTS if only in key]
        with here.serving():
            pages = {
                (key, wing): operation(here, _page(here, key, wing, scale), scale) for key in keys for wing in WINGS
            }
            files = {key: _sent(here, key, scale) for key in keys}
        book = _book(here, scale)
    text = told(scale, pages, files, book)
    print(text.replace("**", ""))
    if keep and not small:
        report.write(ROOT / "docs" / "performance.md", text, MARK)
    wrong = [f"{one.name}: {said}" for one in pages.values() for said in one.wrong]
    wrong += [f"{key}: status {one.status}" for key, one in files.items() if one.status != http.HTTPStatus.OK]
    print("\n".join(wrong), flush=True)
    short = any(one.short for one in (*pages.values(), *files.values()))
    return 1 if wrong or (short and not small) else 0


def _page(here: House, key: str, wing: str, scale: Scale) -> Asked:
    """A table with rows is what must come; each of the first hundred where there are so many for certain."""
    cookie = visitor(here.app, scale.people + 2 if wing == "hr" else 1).cookie
    address = f"/{wing}/reports/rows/{key}" + (f"?{ASKED[key]}" if key in ASKED else "")
    request = Request(address, cookie, expect=["<tbody><tr>"])
    if scale is WHOLE:
        request.count = {"<tr>": 101} if key != "transcript" else {}
    return Asked(f"report {key}, {wing}", AIM_MS, [request])


def _sent(here: House, key: str, scale: Scale) -> Sent:
    cookie = visitor(here.app, scale.people + 2).cookie
    address = f"/hr/reports/rows/{key}/sheet.csv" + (f"?{ASKED[key]}" if key in ASKED else "")
    web, postgres = cpu_ms(here.web), cpu_ms(here.postgres)
    began = time.monotonic()
    status, rows, first = read_sheet(here, cookie, address)
    took = time.monotonic() - began
    time.sleep(0.05)
    web, postgres = (cpu_ms(here.web) - web) / 1000, (cpu_ms(here.postgres) - postgres) / 1000
    found = Sent(rows, took, first, web, postgres, status)
    rss = max((one for one, _pss in memory_mb(here.web)), default=0.0)
    print(
        f"  {key}.csv: {rows:,} rows in {took:.1f} s, the first after {first:.1f}, {found.rate:,.0f} a second; "
        f"CPU {web:.1f} + {postgres:.1f} s; a web process has {rss:.0f} MB",
        flush=True,
    )
    return found


def _book(here: House, scale: Scale) -> Book:
    """As the worker makes it."""
    one = REPORTS["completion"]
    terms = {"course": [str(number) for number in range(1, min(XLSX_COURSES, scale.courses) + 1)]}
    with here.app.test_request_context():
        viewer = load_viewer(scale.people + 2, 1, "America/Chicago")
        assert viewer is not None
        asking = asking_of(one, SeenAs(viewer, Reach.EVERYBODY), terms, report_labels, clock.now())
        done = [0]
        before, began = _own_mb(), time.monotonic()
        peak = [before]

        def told(rows: int) -> None:
            done[0], peak[0] = rows, max(peak[0], _own_mb())

        xlsx_file(heads_of(one), one.rows(asking), told=told).close()
        took = time.monotonic() - began
        growth = max(peak[0], _own_mb()) - before
        db.session.remove()
    return Book(done[0], took, growth)


def _own_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def told(scale: Scale, pages: dict[tuple[str, str], Measured], files: dict[str, Sent], book: Book) -> str:
    loads = ", ".join(f"{one:.0f}" for one in os.getloadavg())
    about = (
        f"At {scale.rows:,} assignments: a page with its first 100 rows and their count, milliseconds (aim: a p95 under "
        f"{AIM_MS:.0f} for one reader; CPU of web and PostgreSQL together); the whole CSV as it is sent (aim: {A_SECOND:,} "
        f"rows a second, from {FEW:,} rows on):"
    )
    workbook = (
        f"A workbook of {book.rows:,} rows of the completion report: {book.seconds:.1f} s, {book.rows / book.seconds:,.0f} rows "
        f"a second; the process grew by {book.growth:.0f} MB."
    )
    measured = f"Measured {today_words()} on {report.machine()}; load averages at the end {loads}."
    return "\n\n".join([measured, about, report.as_markdown(_table(pages, files)), workbook])


def _table(pages: dict[tuple[str, str], Measured], files: dict[str, Sent]) -> Sequence[tuple[str, ...]]:
    head = (
        "report",
        "p50 HR",
        "p95 HR",
        "CPU",
        "p50 line",
        "p95 line",
        "CPU",
        "",
        "rows of the CSV",
        "s",
        "first row, s",
        "rows/s",
        "CPU web, s",
        "CPU PostgreSQL, s",
        "",
    )
    rows: list[tuple[str, ...]] = [head]
    for key, sent in files.items():
        found = [pages[key, wing] for wing in WINGS]
        cells = [f"{figure:.0f}" for one in found for figure in _figures(one)]
        held = "**short**" if any(one.short for one in found) else "ok"
        sheet = (
            f"{sent.rows:,}",
            f"{sent.seconds:.1f}",
            f"{sent.first:.1f}",
            f"{sent.rate:,.0f}",
            f"{sent.web:.1f}",
            f"{sent.postgres:.1f}",
        )
        rows.append((REPORTS[key].title, *cells, held, *sheet, "**short**" if sent.short else "ok"))
    return rows


def _figures(one: Measured) -> tuple[float, float, float]:
    alone = one.levels[0]
    return alone.median, alone.p95, alone.cpu
