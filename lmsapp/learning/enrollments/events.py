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


@dataclass(frozen=True, slots=True)
class AccessRevoked(Event):
    """The course is hidden from the learner from now on."""

    enrollment: Any
    by: Any
    reason: str


@dataclass(frozen=True, slots=True)
class Exempted(Event):
    """The learner need not take the course, by a decision of staff."""

    enrollment: Any
    by: Any
    reason: str


@dataclass(frozen=True, slots=True)
class CompletionTakenBack(Event):
    """A completion set by hand counts no more. `record` is the new one that says so, `of` the one it supersedes.

    The enrollment says what counts now: an earlier completion, or none.
    """

    enrollment: Any
    record: Any
    of: Any
    by: Any
