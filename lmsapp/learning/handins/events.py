"""What others may hear of hand-ins."""

from __future__ import annotations

from dataclasses import dataclass

from lmsapp.infra.events import Event
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.handins.models import Grading, HandIn


@dataclass(frozen=True, slots=True)
class HandInGiven(Event):
    """Work was handed in and waits for a grader. `enrollment` has course and employee loaded."""

    hand_in: HandIn
    enrollment: Enrollment


@dataclass(frozen=True, slots=True)
class HandInGraded(Event):
    """Somebody decided; `grading.number` is 1 for the first time. `enrollment` has course and employee loaded."""

    hand_in: HandIn
    grading: Grading
    enrollment: Enrollment
