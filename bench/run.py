"""Measuring: one operation at 1, 4 and 8 clients, and the jobs that no page is part of."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg

from bench.certificates import NAMES, make
from bench.house import House
from bench.meter import cpu_ms
from bench.requests import Operation
from bench.size import Size
from lmsapp.infra.db import db, unit_of_work
from lmsapp.jobs import remind


@dataclass(frozen=True, slots=True)
class Level:
    """One operation at one number of clients. Times in ms; `web` and `postgres` are CPU ms per request."""

    clients: int
    requests: int
    per_second: float
    median: float
    p95: float
    web: float
    postgres: float
    load: float

    @property
    def cpu(self) -> float:
        return self.web + self.postgres


@dataclass(slots=True)
class Result:
    """An operation and its levels. `wrong`: answers and rows that were not as they must be."""

    name: str
    aim: float | None
    moodle: str
    page: bool = False
    size: int = 0
    levels: list[Level] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    ceiling: float | None = None  # CPU ms per request of the ceiling at this page's size
    unit: str = "ms CPU a request"

    @property
    def cpu(self) -> float:
        """At the most clients: the figure that is compared."""
        return self.levels[-1].cpu


def measure(house: House, operation: Operation, size: Size) -> Result:
    """Warm up, then one level after the other; writing operations go on where the level before stopped."""
    result = Result(operation.name, operation.aim, operation.moodle, operation.page)
    levels = operation.clients or size.clients
    requests = [one.as_json() for one in operation.requests]
    sent = 0
    if not requests:
        result.wrong.append("nothing to ask for in the data")
    for number, clients in enumerate((levels[-1], *levels)):
        share = (len(requests) - sent) // (len(levels) + 1 - number) if operation.once else size.warm_up
        left = requests[sent:] if operation.once else requests
        most = min(size.warm_up, share) if number == 0 else share if operation.once else 10**9
        answered, level = _level(house, left, clients, size.seconds, operation.once, most)
        sent += answered["issued"]
        result.wrong += answered["wrong"]
        result.size = answered["size"]
        if number:
            result.levels.append(level)
    if operation.check and operation.once and sent and not result.wrong:
        with psycopg.connect(house.dsn) as connection:
            if said := operation.check(connection, sent):
                result.wrong.append(said)
    return result


def _level(
    house: House, requests: list[dict[str, object]], clients: int, seconds: float, once: bool, most: int
) -> tuple[dict[str, Any], Level]:
    job = {"port": house.port, "clients": clients, "seconds": seconds, "once": once, "most": most, "requests": requests}
    web, postgres = cpu_ms(house.web), cpu_ms(house.postgres)
    done = subprocess.run(
        [sys.executable, "-m", "bench.client"], input=json.dumps(job), capture_output=True, text=True, check=True
    )
    time.sleep(0.05)
    web, postgres = cpu_ms(house.web) - web, cpu_ms(house.postgres) - postgres
    answered = json.loads(done.stdout)
    times = sorted(answered["times"]) or [0.0]
    n = len(answered["times"]) or 1
    return answered, Level(
        clients=clients,
        requests=n,
        per_second=n / answered["seconds"],
        median=statistics.median(times),
        p95=times[min(len(times) - 1, int(0.95 * len(times)))],
        web=web / n,
        postgres=postgres / n,
        load=answered["cpu_ms"] / n,
    )


def in_process(
    house: House, name: str, aim: float | None, moodle: str, work: Callable[[], object], times: int
) -> Result:
    """CPU of this process and of PostgreSQL for `work`, in an application context; one run before is not counted."""
    result = Result(name, aim, moodle, unit="ms CPU a run")
    with house.app.app_context():
        work()
        took, web, postgres = [], time.process_time(), cpu_ms(house.postgres)
        for _ in range(times):
            began = time.perf_counter()
            work()
            took.append((time.perf_counter() - began) * 1000)
        own, other = (time.process_time() - web) * 1000 / times, (cpu_ms(house.postgres) - postgres) / times
        db.session.remove()
    per_second = 1000 * times / sum(took)
    result.levels.append(Level(1, times, per_second, statistics.median(took), max(took), own, other, 0.0))
    return result


def certificates(house: House, times: int = 4) -> Result:
    """Drawn and signed by one process, without the database; requests/s are certificates per second and worker."""

    def work() -> None:
        with house.app.test_request_context():
            make(house.app, house.data_dir, NAMES)

    result = in_process(house, "certificate drawn and signed", None, "", work, times)
    one, many = result.levels[0], len(NAMES)
    result.levels = [
        replace(
            one, requests=one.requests * many, per_second=one.per_second * many, median=one.median / many,
            p95=one.p95 / many, web=one.web / many, postgres=one.postgres / many,
        )
    ]  # fmt: skip
    return result


def yardstick() -> float:
    """CPU ms for a fixed piece of Python. On a machine shared with others CPU time itself grows; this says how much."""
    began = time.process_time()
    sum(number * number % 7 for number in range(1_000_000))
    return (time.process_time() - began) * 1000


def daily(house: House, moodle: str, times: int = 20) -> Result:
    """The reminders of a day on which nothing is due, over every assignment there is."""

    def notices() -> int:
        with psycopg.connect(house.dsn) as connection:
            row = connection.execute("SELECT count(*) FROM notice").fetchone()
            return row[0] if row else 0

    with house.app.app_context(), unit_of_work():
        remind()  # catches up with what became due since the data was made
    before = notices()
    result = in_process(house, "daily job, nothing new", 1000, moodle, remind, times)
    if notices() != before:
        result.wrong.append("the daily job found something to do")
    return result
