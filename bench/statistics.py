"""The statistics page at full size: 10,000 people with 200 obligations each; every block, for HR, for the manager of
everybody, and filtered.

Whole answers of the product's own web server, one reader at a time and four at once; CPU of web and PostgreSQL beside
the wall clock. In a database of its own.
"""

from __future__ import annotations

import http.client
import os
import time
from pathlib import Path

import psycopg

from bench.house import HOST, House, house
from bench.pace import paced
from bench.visitors import AGENT, visitor

SMALL, FULL = (300, 6), (10_000, 200)
AIM_MS = 500.0
FILL = Path(__file__).with_name("statistics.sql")
BLOCKS = ("compliance", "segments", "completions", "dropoff", "times", "scores", "certificates", "reminders")
HR, LEAD = 1, 2
# Name, who asks (user id), address.
ASKED = (
    ("the page", HR, "/hr/statistics"),
    *((block, HR, f"/hr/statistics/{block}") for block in BLOCKS),
    *((f"{block}, line of everybody", LEAD, f"/team/statistics/{block}") for block in BLOCKS),
    ("completions by month", HR, "/hr/statistics/completions?per=month"),
    ("compliance, one department", HR, "/hr/statistics/compliance?department=7"),
    ("compliance, one course", HR, "/hr/statistics/compliance?course=6"),
    ("gaps in time, by role", HR, "/hr/statistics/segments?figure=in_time&by=role"),
    ("gaps in scores, by kind", HR, "/hr/statistics/segments?figure=score&by=kind"),
    ("gaps in days, by location", HR, "/hr/statistics/segments?figure=days&by=location"),
)


def measure(data: Path, *, small: bool) -> int:
    """Print the figures; 1 when a p95 of one reader is beyond the aim."""
    with house(data, for_tests=small) as here:
        fill(here, SMALL if small else FULL)
        with here.serving():
            slow = [name for name, user_id, address in ASKED if not _asked(here, name, user_id, address, small=small)]
    print(f"Load average at the end: {', '.join(f'{one:.1f}' for one in os.getloadavg())}.", flush=True)
    return 1 if slow and not small else 0


def fill(here: House, size: tuple[int, int]) -> None:
    """Everything the statistics count."""
    with psycopg.connect(here.dsn) as connection:
        connection.execute("CREATE TEMP TABLE asked AS SELECT %s::int AS people, %s::int AS courses", size)
        connection.execute(FILL.read_text())
    with psycopg.connect(here.dsn, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")


def _asked(here: House, name: str, user_id: int, address: str, *, small: bool) -> bool:
    cookie = visitor(here.app, user_id).cookie
    rounds = 5 if small else 20
    return paced(here, name, lambda: _get(here, cookie, address), rounds=rounds, before=2, aim_ms=AIM_MS)


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
    if answer.status != http.HTTPStatus.OK or b'class="figures"' not in body.replace(b"stack figures", b"figures"):
        raise RuntimeError(f"{address}: {answer.status}, {body[:200]!r}")
    return took
