"""A score that a SCORM package reports: of a chosen one, or of every one of the course (CRS-3, SCO-2).

The score is the best one reported in this time round. That the lesson is done says nothing of it, nor the other way
round: what finishes the lesson are its own terms (`courses.packages.rules.PackageTerms`).
"""

from __future__ import annotations

from collections.abc import Iterator

from lmsapp.courses.completion.facts import SCORM, Criterion, CriterionKind, Facts, Kind
from lmsapp.courses.completion.kinds.scored import Scored, check_percent
from lmsapp.infra.words import N_, RuleBroken

SCORED = Scored(
    SCORM,
    "score",
    every=N_("Reach at least %(percent)s in each training package"),
    only=N_("Reach at least %(percent)s in the training package"),
    named=N_("Reach at least %(percent)s in “%(title)s”"),
)


def check(criterion: Criterion) -> None:
    check_percent(criterion, "packages")


def misfits(criterion: Criterion, course: Facts) -> Iterator[RuleBroken]:
    known = {key for key, fact in course.lessons.items() if fact.kind == SCORM}
    if criterion.lesson_id is not None and criterion.lesson_id not in known:
        yield RuleBroken(N_("Choose a lesson of this course that is a SCORM package."), field="packages")
    elif not known:
        yield RuleBroken(
            N_("The completion rule asks for a score in a SCORM package, but the course has none."), field="packages"
        )


KIND = Kind(CriterionKind.PACKAGE_SCORE, ("lesson_id", "percent"), SCORED.judge, check, misfits)
