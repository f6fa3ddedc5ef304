"""What others may hear of."""

from __future__ import annotations

from dataclasses import dataclass

from lmsapp.infra.events import Event
from lmsapp.learning.instructor.models import InstructorRequest


@dataclass(frozen=True, slots=True)
class TimeAsked(Event):
    """A learner asks for time with the instructor. The request has its enrollment with course and employee loaded."""

    request: InstructorRequest


@dataclass(frozen=True, slots=True)
class TimeAnswered(Event):
    """The instructor answered, for the first time or anew."""

    request: InstructorRequest
