"""What others may hear of versions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lmsapp.infra.events import Event
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class TakenAgain(Event):
    """Everybody in `employees` is to take the course again by `due_on`; their next time round is open."""

    course: Any
    employees: Sequence[Any]
    due_on: dt.date
    reason: str
    by: Viewer | None
