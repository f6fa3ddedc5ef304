"""What others may hear of the calendar."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lmsapp.infra.events import Event
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class HolidaysChanged(Event):
    """(day, name) pairs that came and that went; a new name for a day is both."""

    added: tuple[tuple[dt.date, str], ...]
    removed: tuple[tuple[dt.date, str], ...]
    by: Viewer | None
