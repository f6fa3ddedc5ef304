"""Work handed in and passed: for a chosen assignment lesson, or for every one of the course (QIZ-5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lmsapp.courses.completion.facts import (
    ASSIGNMENT,
    Criterion,
    CriterionKind,
    CriterionState,
    Facts,
    Kind,
    done_evidence,
    latest,
)
from lmsapp.infra.words import N_, RuleBroken


def judge(criterion: Criterion, facts: Facts) -> CriterionState:
    """An assignment lesson is done when what was handed in is passed, and by nothing else."""
    asked = {key: fact for key, fact in facts.lessons.items() if _is_asked(criterion, key, fact.kind)}
    left = tuple(key for key, fact in asked.items() if not fact.done)
    met, need = bool(asked) and not left, max(1, len(asked))
    values: dict[str, Any] = {"n": need}
    if len(asked) == 1:
        values["title"] = next(iter(asked.values())).title
    words = N_("Have your work for “%(title)s” passed") if values.get("title") else N_("Have every assignment passed")
    evidence = done_evidence(facts, list(asked), "work")
    since = latest([one.at for one in evidence]) if met else None
    return CriterionState(criterion.kind, met, words, values, len(asked) - len(left), need, left, since, evidence)


def _is_asked(criterion: Criterion, key: int, kind: str) -> bool:
    return kind == ASSIGNMENT and criterion.lesson_id in (None, key)


def check(_criterion: Criterion) -> None:
    """Nothing in it can be out of range."""


def misfits(criterion: Criterion, course: Facts) -> Iterator[RuleBroken]:
    if not any(_is_asked(criterion, key, fact.kind) for key, fact in course.lessons.items()):
        yield RuleBroken(
            N_("The completion rule asks for an assignment that is not in the course."), field="assignment_lesson"
        )


KIND = Kind(CriterionKind.ASSIGNMENT_PASSED, ("lesson_id",), judge, check, misfits)
