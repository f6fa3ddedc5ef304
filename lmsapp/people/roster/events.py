"""What others may hear of rosters. Each person in one has an event of their own; see employees."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lmsapp.infra.events import Event
from lmsapp.people.roster.models import RosterRun
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class RosterApplied(Event):
    """A whole file was applied; `run.counts` says what it did."""

    run: RosterRun
    by: Viewer | None


@dataclass(frozen=True, slots=True)
class RosterFileOpened(Event):
    """Somebody downloaded the file of a run."""

    run: RosterRun
    by: Viewer


@dataclass(frozen=True, slots=True)
class RosterWaits(Event):
    """A file from the drop folder was not applied by itself; `run.error` and `run.error_values` say why."""

    run: RosterRun


@dataclass(frozen=True, slots=True)
class RosterMissing(Event):
    """On a working day no file had come into the drop folder by `hour` o'clock."""

    day: dt.date
    hour: int
