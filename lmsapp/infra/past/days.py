"""The end of a day as the instant that reports are asked of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from lmsapp.infra import clock, site
from lmsapp.infra.past.reading import as_of

LAST = dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class AsOf:
    """The end of `day` where the organisation is; None: now."""

    day: dt.date | None = None

    @property
    def end(self) -> dt.datetime | None:
        """The first instant after the day."""
        return clock.end_of_day(self.day, site.time_zone()) if self.day else None

    @property
    def now(self) -> dt.datetime:
        """What rules take for now: the day's last instant, or the present one."""
        return self.end - LAST if self.end else clock.now()

    def today(self, zone_name: str) -> dt.date:
        """The date in the zone named at that moment."""
        return self.now.astimezone(clock.zone(zone_name)).date()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Everything asked inside is asked of that day, by columns. Nothing may be written there."""
        with as_of(self.end):
            yield
