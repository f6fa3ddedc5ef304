"""All lessons, or a share of them: 80 % of four lessons are four, because three are only 75 %."""

from __future__ import annotations

from collections.abc import Iterator

from lmsapp.courses.completion.facts import Criterion, CriterionKind, CriterionState, Facts, Kind, done_evidence
from lmsapp.infra.words import N_, RuleBroken


def needed(criterion: Criterion, total: int) -> int:
    """How many lessons the share comes to, rounded up."""
    return max(1, -(-total * criterion.share // 100))


def judge(criterion: Criterion, facts: Facts) -> CriterionState:
    total = len(facts.lessons)
    need = needed(criterion, total)
    left = tuple(key for key, fact in facts.lessons.items() if not fact.done)
    have = total - len(left)
    met = have >= need
    evidence = done_evidence(facts, list(facts.lessons))
    return CriterionState(
        criterion.kind,
        met,
        N_("Finish all %(total)s lessons") if need >= total else N_("Finish %(need)s of %(total)s lessons"),
        {"need": need, "total": total},
        have,
        need,
        left,
        evidence[need - 1].at if met else None,
        evidence,
    )


def check(criterion: Criterion) -> None:
    if not 1 <= criterion.share <= 100:
        raise RuleBroken(N_("The share of lessons must lie between 1 and 100."), field="share")


def misfits(criterion: Criterion, course: Facts) -> Iterator[RuleBroken]:
    yield from ()


KIND = Kind(CriterionKind.LESSONS, ("share",), judge, check, misfits)
