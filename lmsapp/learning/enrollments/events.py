"""What others may hear of enrollments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lmsapp.infra.events import Event


@dataclass(frozen=True, slots=True)
class Enrolled(Event):
    """A new enrollment."""

    enrollment: Any


@dataclass(frozen=True, slots=True)
class ManyEnrolled(Event):
    """All new enrollments of one call, after each was told by `Enrolled`; what is cheaper for many hears this one."""

    enrollments: Any
    course: Any


@dataclass(frozen=True, slots=True)
class ProgressMade(Event):
    """Progress changed, or the first lesson was begun (`now_started`)."""

    enrollment: Any
    now_started: bool


@dataclass(frozen=True, slots=True)
class CourseCompleted(Event):
    """The completion rule was met just now; `record` is the completion record."""

    enrollment: Any
    record: Any
