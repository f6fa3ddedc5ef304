"""What others may hear of rosters. Each person in one has an event of their own; see employees."""

from __future__ import annotations

from dataclasses import dataclass

from lmsapp.infra.events import Event
from lmsapp.people.roster.models import RosterRun
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class RosterApplied(Event):
    """A whole file was applied; `run.counts` says what it did."""

    run: RosterRun
    by: Viewer | None
