"""The compliance matrix at full size: 10,000 people by 30 types, filtered, page by page; and one look of reconciliation.

Whole responses of the product's own web server, one reader at a time and four at once; CPU of web and PostgreSQL beside
the wall clock, because the machine may be busy with other things. In a database of its own.
"""

from __future__ import annotations

import http.client
import os
import time
from pathlib import Path

import psycopg

from bench.house import HOST, House, house
from bench.pace import paced, timed
from bench.visitors import AGENT, visitor
from lmsapp.compliance.reconciling.actions import look
from lmsapp.compliance.standing.actions import keep_standings
from lmsapp.infra.db import unit_of_work
from lmsapp.jobs import in_batches

SMALL, FULL = (300, 8), (10_000, 30)
AIM_MS = 200.0
FILL = Path(__file__).with_name("matrix.sql")
HTMX = {"HX-Request": "true", "HX-Target": "matrix"}
# Name, who asks (user id), address.
ASKED = (
    ("everybody", 1, "/hr/matrix?view=0"),
    ("one department", 1, "/hr/matrix?department=7"),
    ("a department with those below", 1, "/hr/matrix?department=1"),
    ("expired", 1, "/hr/matrix?status=X"),
    ("two types, expired, a region", 1, "/hr/matrix?type=3&type=4&status=X&region=Region+2"),
    ("a regulator, by worst status", 1, "/hr/matrix?regulator=OSHA&sort=worst"),
    ("page 100, by next renewal", 1, "/hr/matrix?sort=next&page=100"),
    ("a line of everybody", 2, "/team/matrix?view=0"),
)


def measure(data: Path, *, small: bool) -> int:
    """Print the figures; 1 when a p95 of one reader is beyond the aim, or an answer is not a matrix."""
    size = SMALL if small else FULL
    with house(data, for_tests=small) as here:
        _fill(here, size)
        with here.app.app_context():
            timed(here, "all standings worked out and kept", lambda: in_batches(keep_standings))
            timed(here, "a look of reconciliation, first", _look)
            timed(here, "the same again", _look)
        with psycopg.connect(here.dsn, autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")
        with here.serving():
            slow = [name for name, user_id, address in ASKED if not _asked(here, name, user_id, address, small=small)]
    print(f"Load average at the end: {', '.join(f'{one:.1f}' for one in os.getloadavg())}.", flush=True)
    return 1 if slow and not small else 0


def _asked(here: House, name: str, user_id: int, address: str, *, small: bool) -> bool:
    """One filter: whether its p95 for one reader is within the aim."""
    cookie = visitor(here.app, user_id).cookie
    rounds = 5 if small else 60
    return paced(here, name, lambda: _get(here, cookie, address), rounds=rounds, before=3, aim_ms=AIM_MS)


def _get(here: House, cookie: str, address: str) -> float:
    """Milliseconds of one whole answer."""
    connection = http.client.HTTPConnection("127.0.0.1", here.port, timeout=60)
    began = time.perf_counter()
    connection.request("GET", address, headers={"Host": HOST, "Cookie": cookie, "User-Agent": AGENT, **HTMX})
    answer = connection.getresponse()
    body = answer.read()
    took = (time.perf_counter() - began) * 1000
    connection.close()
    if answer.status != http.HTTPStatus.OK or b"data-cells" not in body:
        raise RuntimeError(f"{address}: {answer.status}, {body[:200]!r}")
    return took


def _look() -> None:
    with unit_of_work():
        look()


def _fill(here: House, size: tuple[int, int]) -> None:
    with psycopg.connect(here.dsn) as connection:
        connection.execute("CREATE TEMP TABLE asked AS SELECT %s::int AS people, %s::int AS types", size)
        connection.execute(FILL.read_text())
    with psycopg.connect(here.dsn, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
