"""The statistics page at full size: 10,000 people with 200 obligations each; every block, for HR, for the manager of
everybody, and filtered.

Whole answers of the product's own web server, one reader at a time and four at once, and all blocks of the page as a
browser asks for them; CPU of web and PostgreSQL beside the wall clock. In a database of its own.
"""

from __future__ import annotations

import http.client
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg

from bench.house import HOST, House, house
from bench.pace import paced, timed
from bench.visitors import AGENT, visitor
from lmsapp.insight.figures.actions import check_figures, keep_figures
from lmsapp.jobs import in_batches

SMALL, FULL = (300, 6), (10_000, 200)
AIM_MS = 500.0
CONNECTIONS = 6  # of a browser, to one host
FILL = Path(__file__).with_name("statistics.sql")
BLOCKS = ("compliance", "segments", "completions", "dropoff", "times", "scores", "certificates", "reminders")
HR, LEAD = 1, 2
# Name, who asks (user id), address.
ASKED = (
    ("the page", HR, "/hr/statistics"),
    *((block, HR, f"/hr/statistics/{block}") for block in BLOCKS),
    *((f"{block}, line of everybody", LEAD, f"/team/statistics/{block}") for block in BLOCKS),
    ("completions by month", HR, "/hr/statistics/completions?per=month"),
    *((f"{block}, one department", HR, f"/hr/statistics/{block}?department=7") for block in BLOCKS),
    ("compliance, one course", HR, "/hr/statistics/compliance?course=6"),
    ("reminders, one course", HR, "/hr/statistics/reminders?course=6"),
    ("compliance, one kind", HR, "/hr/statistics/compliance?kind=onboarding"),
    ("gaps in time, by role", HR, "/hr/statistics/segments?figure=in_time&by=role"),
    ("gaps in completions, by region", HR, "/hr/statistics/segments?figure=completed&by=region"),
    ("gaps in scores, by kind", HR, "/hr/statistics/segments?figure=score&by=kind"),
    ("gaps in days, by location", HR, "/hr/statistics/segments?figure=days&by=location"),
    ("gaps in days, by kind", HR, "/hr/statistics/segments?figure=days&by=kind"),
    ("gaps after a reminder, by department", HR, "/hr/statistics/segments?figure=followed"),
)
WHOLE = (("HR", HR, "/hr/statistics"), ("line of everybody", LEAD, "/team/statistics"))


def measure(data: Path, *, small: bool) -> int:
    """Print the figures; 1 when a p95 of one reader is beyond the aim, or what is kept says another thing than the facts."""
    with house(data, for_tests=small) as here:
        fill(here, SMALL if small else FULL)
        wrong = _kept(here)
        with here.serving():
            slow = [name for name, user_id, address in ASKED if not _asked(here, name, user_id, address, small=small)]
            for name, user_id, address in WHOLE:
                _at_once(here, name, user_id, address, small=small)
    print(f"Load average at the end: {', '.join(f'{one:.1f}' for one in os.getloadavg())}.", flush=True)
    return 1 if wrong or (slow and not small) else 0


def fill(here: House, size: tuple[int, int]) -> None:
    """Everything the statistics count."""
    with psycopg.connect(here.dsn) as connection:
        connection.execute("CREATE TEMP TABLE asked AS SELECT %s::int AS people, %s::int AS courses", size)
        connection.execute(FILL.read_text())
    with psycopg.connect(here.dsn, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")


def _kept(here: House) -> int:
    """What the worker does beside: figures of everybody, and the look at night. Whose differed."""
    with here.app.app_context():
        timed(here, "figures of everybody kept", lambda: in_batches(keep_figures))
        wrong = timed(here, "compared with the facts", check_figures)
    with psycopg.connect(here.dsn, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
    return wrong


def _asked(here: House, name: str, user_id: int, address: str, *, small: bool) -> bool:
    cookie = visitor(here.app, user_id).cookie
    rounds, before = (2, 0) if small else (20, 2)
    return paced(here, name, lambda: _get(here, cookie, address), rounds=rounds, before=before, aim_ms=AIM_MS)


def _at_once(here: House, name: str, user_id: int, address: str, *, small: bool) -> None:
    cookie = visitor(here.app, user_id).cookie

    def all_blocks() -> float:
        began = time.perf_counter()
        with ThreadPoolExecutor(CONNECTIONS) as browser:
            list(browser.map(lambda block: _get(here, cookie, f"{address}/{block}"), BLOCKS))
        return (time.perf_counter() - began) * 1000

    rounds, before = (2, 0) if small else (20, 2)
    paced(
        here,
        f"all blocks of the page at once, {name}",
        all_blocks,
        rounds=rounds,
        before=before,
        aim_ms=AIM_MS,
        readers=(1,),
    )


def _get(here: House, cookie: str, address: str) -> float:
    """Milliseconds of one whole answer."""
    connection = http.client.HTTPConnection("127.0.0.1", here.port, timeout=120)
    headers = {"Host": HOST, "Cookie": cookie, "User-Agent": AGENT}
    part = address.count("/") > 2
    began = time.perf_counter()
    connection.request("GET", address, headers=headers | ({"HX-Request": "true"} if part else {}))
    answer = connection.getresponse()
    body = answer.read()
    took = (time.perf_counter() - began) * 1000
    connection.close()
    if answer.status != http.HTTPStatus.OK or (b"stack figures" if part else b"part-waits") not in body:
        raise RuntimeError(f"{address}: {answer.status}, {body[:200]!r}")
    return took
