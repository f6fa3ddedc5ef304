"""Active time: in all lessons together, or in each of chosen ones. Only full minutes count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from lmsapp.courses.completion.facts import (
    MEASURED,
    Criterion,
    CriterionKind,
    CriterionState,
    Evidence,
    Facts,
    Kind,
    LessonFact,
    latest,
)
from lmsapp.infra.words import N_, RuleBroken

MOST = 6000  # minutes


def _in_all(criterion: Criterion, facts: Facts) -> CriterionState:
    seconds = sum(fact.seconds for fact in facts.lessons.values())
    have, need = seconds // 60, max(1, criterion.minutes)
    left = tuple(key for key, fact in facts.lessons.items() if not fact.done and fact.kind in MEASURED)
    if not left:  # what is done can still be read
        left = tuple(key for key, fact in facts.lessons.items() if fact.kind in MEASURED)
    reached = [at for fact in facts.lessons.values() if (at := fact.course_minutes.get(need)) is not None]
    met = have >= need
    return CriterionState(
        criterion.kind,
        met,
        N_("Spend at least %(minutes)s min of active time in the lessons"),
        {"minutes": need},
        have,
        need,
        left,
        min(reached, default=None) if met else None,
        tuple(_evidence(key, fact) for key, fact in facts.lessons.items() if fact.seconds),
    )


def _in_each(criterion: Criterion, facts: Facts) -> CriterionState:
    asked = lessons_of(criterion, facts)
    known = {key: facts.lessons.get(key, LessonFact("")) for key in asked}
    seconds = max(1, criterion.minutes) * 60
    left = tuple(key for key, fact in known.items() if fact.seconds < seconds)
    met = bool(asked) and not left
    words, values = _words(criterion, known)
    return CriterionState(
        criterion.kind,
        met,
        words,
        values,
        len(asked) - len(left),
        max(1, len(asked)),
        left,
        latest([_reached(fact, criterion.minutes) for fact in known.values()]) if met else None,
        tuple(_evidence(key, fact) for key, fact in known.items() if fact.seconds),
    )


def lessons_of(criterion: Criterion, facts: Facts) -> tuple[int, ...]:
    """The chosen lessons; nothing chosen: every lesson in which time is measured."""
    return criterion.lessons or tuple(key for key, fact in facts.lessons.items() if fact.kind in MEASURED)


def _words(criterion: Criterion, known: dict[int, LessonFact]) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {"minutes": max(1, criterion.minutes), "n": len(known)}
    if not criterion.lessons:
        return N_("Spend at least %(minutes)s min of active time in each lesson"), values
    if len(known) == 1 and (title := next(iter(known.values())).title):
        return N_("Spend at least %(minutes)s min of active time in “%(title)s”"), values | {"title": title}
    return N_("Spend at least %(minutes)s min of active time in each of %(n)s lessons"), values


def _reached(fact: LessonFact, minutes: int) -> dt.datetime | None:
    return fact.minutes[minutes - 1] if 0 < minutes <= len(fact.minutes) else None


def _evidence(key: int, fact: LessonFact) -> Evidence:
    last = fact.minutes[-1] if fact.minutes else None
    return Evidence("time", key, fact.title, last, seconds=fact.seconds, measured=fact.measured)


def check(criterion: Criterion) -> None:
    if not 1 <= criterion.minutes <= MOST:
        field = "active_minutes" if criterion.kind is CriterionKind.ACTIVE_MINUTES else "lesson_minutes"
        raise RuleBroken(N_("The active time asked for must lie between 1 and 6000 minutes."), field=field)


def _misfits(criterion: Criterion, course: Facts) -> Iterator[RuleBroken]:
    if not any(fact.kind in MEASURED for fact in course.lessons.values()):
        yield RuleBroken(N_("Time is measured in lessons that are read, watched or signed; this course has none."))
    timed = {key for key, fact in course.lessons.items() if fact.kind in MEASURED}
    if set(criterion.lessons) - timed:
        yield RuleBroken(N_("Choose lessons of this course in which time is measured."), field="timed")


ACTIVE_MINUTES = Kind(CriterionKind.ACTIVE_MINUTES, ("minutes",), _in_all, check, _misfits)
LESSON_MINUTES = Kind(CriterionKind.LESSON_MINUTES, ("minutes", "lessons"), _in_each, check, _misfits)
