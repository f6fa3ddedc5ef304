"""Chosen lessons, each of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lmsapp.courses.completion.facts import (
    Criterion,
    CriterionKind,
    CriterionState,
    Facts,
    Kind,
    done_evidence,
    latest,
)
from lmsapp.infra.words import N_, RuleBroken

NAMED = 3  # so many titles still make a sentence


def judge(criterion: Criterion, facts: Facts) -> CriterionState:
    asked = criterion.lessons
    left = tuple(key for key in asked if key not in facts.lessons or not facts.lessons[key].done)
    met = bool(asked) and not left
    evidence = done_evidence(facts, list(asked))
    words, values = _words(asked, facts)
    since = latest([one.at for one in evidence]) if met else None
    have, need = len(asked) - len(left), max(1, len(asked))
    return CriterionState(criterion.kind, met, words, values, have, need, left, since, evidence)


def _words(asked: tuple[int, ...], facts: Facts) -> tuple[str, dict[str, Any]]:
    titles = [facts.lessons[key].title for key in asked if key in facts.lessons and facts.lessons[key].title]
    values: dict[str, Any] = {"n": len(asked), "titles": ", ".join(f"“{title}”" for title in titles)}
    if len(titles) == len(asked) == 1:
        return N_("Finish %(titles)s"), values
    if len(titles) == len(asked) <= NAMED:
        return N_("Finish these %(n)s lessons: %(titles)s"), values
    return N_("Finish the %(n)s required lessons"), values


def check(criterion: Criterion) -> None:
    if not criterion.lessons:
        raise RuleBroken(N_("Choose the lessons that are required."), field="required")


def misfits(criterion: Criterion, course: Facts) -> Iterator[RuleBroken]:
    if set(criterion.lessons) - set(course.lessons):
        yield RuleBroken(N_("One of the required lessons is not part of this course."), field="required")


KIND = Kind(CriterionKind.REQUIRED, ("lessons",), judge, check, misfits)
