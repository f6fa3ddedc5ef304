"""What others may hear of pauses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lmsapp.infra.events import Event


@dataclass(frozen=True, slots=True)
class EnrollmentPaused(Event):
    """Paused just now; `pause.enrollment` has employee and course loaded."""

    pause: Any
    by: Any


@dataclass(frozen=True, slots=True)
class EnrollmentResumed(Event):
    """The pause is over; `unused` days of it were not needed (0 when its last day passed)."""

    pause: Any
    unused: int
    by: Any
