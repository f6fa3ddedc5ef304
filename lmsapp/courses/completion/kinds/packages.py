"""A score that a SCORM package reports: of a chosen one, or of every one of the course (CRS-3, SCO-2).

The score is the best one reported in this time round. That the lesson is done says nothing of it, nor the other way
round: what finishes the lesson are its own terms (`courses.packages.rules.PackageTerms`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lmsapp.courses.completion.facts import (
    SCORM,
    Criterion,
    CriterionKind,
    CriterionState,
    Evidence,
    Facts,
    Kind,
    latest,
)
from lmsapp.infra.words import N_, RuleBroken

NARROW_SPACE = "\u202f"


def packages_of(criterion: Criterion, facts: Facts) -> tuple[int, ...]:
    """The lessons it is about."""
    if criterion.lesson_id is not None:
        return (criterion.lesson_id,)
    return tuple(key for key, fact in facts.lessons.items() if fact.kind == SCORM)


def judge(criterion: Criterion, facts: Facts) -> CriterionState:
    asked = packages_of(criterion, facts)
    scores = {key: facts.scores[key] for key in asked if key in facts.scores and _is_package(key, facts)}
    left = tuple(key for key in asked if scores.get(key, 0) < criterion.percent)
    met = bool(asked) and not left
    evidence = tuple(_evidence(key, got, facts) for key, got in scores.items())
    words, values = _words(criterion, asked, facts)
    since = latest([one.at for one in evidence]) if met else None
    have = min((scores.get(key, 0) for key in asked), default=0)
    return CriterionState(criterion.kind, met, words, values, have, criterion.percent, left, since, evidence)


def _is_package(key: int, facts: Facts) -> bool:
    """A score of a quiz is no score of a package; that of a lesson no longer in the outline still counts."""
    return key not in facts.lessons or facts.lessons[key].kind == SCORM


def _evidence(key: int, got: Any, facts: Facts) -> Evidence:
    fact = facts.lessons.get(key)
    if fact is None:
        return Evidence("score", key, percent=got)
    return Evidence("score", key, fact.title, fact.done_at, got, fact.attempt)


def _words(criterion: Criterion, asked: tuple[int, ...], facts: Facts) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {"percent": f"{criterion.percent}{NARROW_SPACE}%"}
    if len(asked) != 1:
        return N_("Reach at least %(percent)s in each training package"), values
    fact = facts.lessons.get(asked[0])
    if fact is None or not fact.title:
        return N_("Reach at least %(percent)s in the training package"), values | {"title": ""}
    return N_("Reach at least %(percent)s in “%(title)s”"), values | {"title": fact.title}


def check(criterion: Criterion) -> None:
    if not 1 <= criterion.percent <= 100:
        raise RuleBroken(N_("The score asked for must lie between 1 and 100."), field="packages")


def misfits(criterion: Criterion, course: Facts) -> Iterator[RuleBroken]:
    known = {key for key, fact in course.lessons.items() if fact.kind == SCORM}
    if criterion.lesson_id is not None and criterion.lesson_id not in known:
        yield RuleBroken(N_("Choose a lesson of this course that is a SCORM package."), field="packages")
    elif not known:
        yield RuleBroken(
            N_("The completion rule asks for a score in a SCORM package, but the course has none."), field="packages"
        )


KIND = Kind(CriterionKind.PACKAGE_SCORE, ("lesson_id", "percent"), judge, check, misfits)
