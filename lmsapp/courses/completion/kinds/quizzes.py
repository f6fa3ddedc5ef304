"""A quiz passed with a score: a chosen one, or every quiz of the course that is not for practice."""

from __future__ import annotations

from collections.abc import Iterator

from lmsapp.courses.completion.facts import QUIZ, Criterion, CriterionKind, Facts, Kind
from lmsapp.courses.completion.kinds.scored import Scored, check_percent
from lmsapp.infra.words import N_, RuleBroken

SCORED = Scored(
    QUIZ,
    "attempt",
    every=N_("Pass every quiz with at least %(percent)s"),
    only=N_("Pass the quiz with at least %(percent)s"),
    named=N_("Pass “%(title)s” with at least %(percent)s"),
)


def check(criterion: Criterion) -> None:
    check_percent(criterion, "percent")


def misfits(criterion: Criterion, course: Facts) -> Iterator[RuleBroken]:
    known = {key for key, fact in course.lessons.items() if fact.kind == QUIZ}
    if criterion.lesson_id is not None and criterion.lesson_id not in known:
        yield RuleBroken(N_("Choose a quiz of this course."), field="quiz_lesson")


KIND = Kind(CriterionKind.QUIZ_PASSED, ("lesson_id", "percent"), SCORED.judge, check, misfits)
