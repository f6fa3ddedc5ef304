"""The only place that reads the clock, so that tests and simulations can set it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from zoneinfo import ZoneInfo


def _system_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


_source: Callable[[], dt.datetime] = _system_now


def now() -> dt.datetime:
    """The present instant, aware, in UTC."""
    return _source()


def is_moved() -> bool:
    """Whether `now()` is another instant than the machine's."""
    return _source is not _system_now


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name. Raises ZoneInfoNotFoundError (a KeyError) for an unknown one."""
    return ZoneInfo(name)


def today(zone_name: str) -> dt.date:
    """The local date in the zone named."""
    return now().astimezone(zone(zone_name)).date()


NIGHT = dt.timedelta(hours=6)  # nobody is written to before six in the morning where they are


def day_begun(zone_name: str) -> dt.date:
    """The day whose morning has come in the zone named: read off the clock on the wall, so that changes of the hour
    move nothing."""
    return (now().astimezone(zone(zone_name)) - NIGHT).date()


def end_of_day(day: dt.date, zone_name: str) -> dt.datetime:
    """The first instant after `day` in the zone named, in UTC: a due date lasts until then (ASG-2)."""
    next_day = day + dt.timedelta(days=1)
    local = dt.datetime.combine(next_day, dt.time.min, tzinfo=zone(zone_name))
    return local.astimezone(dt.UTC)


def run_ahead(ahead: dt.timedelta) -> None:
    """From now on the clock of this process is so far ahead: for demos, to see what comes due."""
    global _source
    _source = lambda: _system_now() + ahead  # noqa: E731


@contextmanager
def set_to(instant: dt.datetime | Callable[[], dt.datetime]) -> Iterator[None]:
    """Within the block, `now()` answers `instant` (aware), or what calling it returns."""
    global _source
    before = _source
    _source = instant if callable(instant) else lambda: instant
    try:
        yield
    finally:
        _source = before
