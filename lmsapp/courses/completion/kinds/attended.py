"""So many sessions attended, as staff recorded it."""

from __future__ import annotations

from collections.abc import Iterator

from lmsapp.courses.completion.facts import Criterion, CriterionKind, CriterionState, Facts, Kind
from lmsapp.infra.words import N_, RuleBroken

MOST = 100


def judge(criterion: Criterion, facts: Facts) -> CriterionState:
    have, need = facts.attended, criterion.sessions
    words = N_("Attend %(sessions)s sessions") if need > 1 else N_("Attend a session")
    return CriterionState(criterion.kind, have >= need, words, {"sessions": need}, have, need)


def check(criterion: Criterion) -> None:
    if not 1 <= criterion.sessions <= MOST:
        raise RuleBroken(N_("Between 1 and 100 sessions can be asked for."), field="sessions")


def misfits(criterion: Criterion, course: Facts) -> Iterator[RuleBroken]:
    yield from ()


KIND = Kind(CriterionKind.ATTENDED, ("sessions",), judge, check, misfits)
