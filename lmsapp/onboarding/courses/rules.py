"""Whether a mandatory course is to be taken by somebody new, or why not. Pure (ORG-6)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from lmsapp.people.forwhom.rules import ForWhom, Place


class Reason(StrEnum):
    """Why a mandatory course was not assigned."""

    LEFT = "left"
    NOT_MEANT = "not meant"
    NOT_PUBLISHED = "not published"
    WITHDRAWN = "withdrawn"
    COMPLETED = "completed"
    ASSIGNED = "assigned before"
    EXEMPT = "exempt"


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """A mandatory course. `due_days` None: the organisation's setting."""

    id: int
    title: str
    published: bool
    for_whom: ForWhom = field(default_factory=ForWhom)
    due_days: int | None = None


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """Somebody, and where they stand."""

    id: int
    place: Place
    active: bool = True


@dataclass(frozen=True, slots=True)
class TrainingFacts:
    """What somebody has of the course already: dates where they are, the open assignment's id."""

    completed_on: dt.date | None = None
    withdrawn: bool = False
    assignment_id: int | None = None
    exempt: bool = False


@dataclass(frozen=True, slots=True)
class Applies:
    """It is to be taken within so many calendar days."""

    due_days: int


@dataclass(frozen=True, slots=True)
class WhyNot:
    """It was not assigned. `detail`: what does not fit ('department' ...), or the day of completion in ISO 8601."""

    reason: Reason
    detail: str = ""
    assignment_id: int | None = None


NOTHING = TrainingFacts()


def applies(
    course: CourseFacts, person: PersonFacts, training: TrainingFacts = NOTHING, *, default_days: int
) -> Applies | WhyNot:
    """Who is not meant hears that first, whatever else is true; then what the course lacks, then what they have."""
    if not person.active:
        return WhyNot(Reason.LEFT)
    if missed := course.for_whom.misses(person.place):
        return WhyNot(Reason.NOT_MEANT, missed)
    if training.completed_on is not None:
        return WhyNot(Reason.COMPLETED, training.completed_on.isoformat())
    if training.assignment_id is not None:
        return WhyNot(Reason.ASSIGNED, assignment_id=training.assignment_id)
    others = ((not course.published, Reason.NOT_PUBLISHED), (training.withdrawn, Reason.WITHDRAWN))
    for is_so, reason in (*others, (training.exempt, Reason.EXEMPT)):
        if is_so:
            return WhyNot(reason)
    return Applies(course.due_days if course.due_days is not None else default_days)


def first_day(started: dt.date, hired: dt.date | None) -> dt.date:
    """The day training is counted from: the hire date while it lies ahead, else the start."""
    return max(started, hired) if hired is not None else started
