"""A quiz passed with a score: a chosen one, or every quiz of the course that is not for practice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lmsapp.courses.completion.facts import (
    QUIZ,
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


def quizzes_of(criterion: Criterion, facts: Facts) -> tuple[int, ...]:
    """The lessons it is about."""
    if criterion.lesson_id is not None:
        return (criterion.lesson_id,)
    return tuple(key for key, fact in facts.lessons.items() if fact.kind == QUIZ and not fact.practice)


def judge(criterion: Criterion, facts: Facts) -> CriterionState:
    asked = quizzes_of(criterion, facts)
    scores = [facts.scores.get(key, 0) if _is_quiz(key, facts) else 0 for key in asked]
    left = tuple(key for key, got in zip(asked, scores, strict=True) if got < criterion.percent)
    met = bool(asked) and not left
    evidence = tuple(_evidence(key, facts) for key in asked if key in facts.scores and _is_quiz(key, facts))
    words, values = _words(criterion, asked, facts)
    since = latest([one.at for one in evidence]) if met else None
    have = min(scores, default=0)
    return CriterionState(criterion.kind, met, words, values, have, criterion.percent, left, since, evidence)


def _is_quiz(key: int, facts: Facts) -> bool:
    """What a SCORM package scored is no quiz passed; a quiz no longer in the outline still counts."""
    return key not in facts.lessons or facts.lessons[key].kind == QUIZ


def _evidence(key: int, facts: Facts) -> Evidence:
    fact = facts.lessons.get(key)
    if fact is None:
        return Evidence("attempt", key, percent=facts.scores[key])
    return Evidence("attempt", key, fact.title, fact.done_at, facts.scores[key], fact.attempt)


def _words(criterion: Criterion, asked: tuple[int, ...], facts: Facts) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {"percent": f"{criterion.percent}{NARROW_SPACE}%"}
    if len(asked) != 1:
        return N_("Pass every quiz with at least %(percent)s"), values
    fact = facts.lessons.get(asked[0])
    if fact is None or not fact.title:
        return N_("Pass the quiz with at least %(percent)s"), values | {"title": ""}
    return N_("Pass “%(title)s” with at least %(percent)s"), values | {"title": fact.title}


def check(criterion: Criterion) -> None:
    if not 1 <= criterion.percent <= 100:
        raise RuleBroken(N_("The score asked for must lie between 1 and 100."), field="percent")


def misfits(criterion: Criterion, course: Facts) -> Iterator[RuleBroken]:
    known = {key for key, fact in course.lessons.items() if fact.kind == QUIZ}
    if criterion.lesson_id is not None and criterion.lesson_id not in known:
        yield RuleBroken(N_("Choose a quiz of this course."), field="quiz_lesson")


KIND = Kind(CriterionKind.QUIZ_PASSED, ("lesson_id", "percent"), judge, check, misfits)
