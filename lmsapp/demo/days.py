"""Days of the demo's history, counted from today: -1 is yesterday. Nothing is dated today, so a day's load is one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from lmsapp.infra import clock

START_DAYS: Final = 400  # the system was set up so many days ago
HERE: Final = "America/Chicago"


@dataclass(frozen=True, slots=True)
class Days:
    """`today` is the date where the organisation is."""

    today: dt.date

    def day(self, offset: int) -> dt.date:
        """The date so many days from today."""
        return self.today + dt.timedelta(days=offset)

    def at(self, offset: int, minute: int, zone: str = HERE) -> dt.datetime:
        """The instant at a minute of that day, local time, in UTC."""
        local = dt.datetime.combine(self.day(offset), dt.time(), tzinfo=clock.zone(zone))
        return (local + dt.timedelta(minutes=minute)).astimezone(dt.UTC)
