"""What others may hear of."""

from __future__ import annotations

from dataclasses import dataclass

from lmsapp.assignments.acts.models import AssignmentAct
from lmsapp.infra.events import Event


@dataclass(frozen=True)
class ActDone(Event):
    """Every line has its result, or it was given up: then `act.error` says why."""

    act: AssignmentAct
