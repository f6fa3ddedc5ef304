"""So many sessions attended, as staff recorded it."""

from __future__ import annotations

from collections.abc import Iterator

from lmsapp.courses.completion.facts import Criterion, CriterionKind, CriterionState, Evidence, Facts, Kind
from lmsapp.infra.words import N_, RuleBroken

MOST = 100


def judge(criterion: Criterion, facts: Facts) -> CriterionState:
    """Met with the session that makes up the number; each one is shown."""
    held, need = sorted(facts.attended, key=lambda one: one.at), criterion.sessions
    words = N_("Attend %(sessions)s sessions") if need > 1 else N_("Attend a session")
    met = len(held) >= need
    evidence = tuple(Evidence("session", 0, one.title, one.at) for one in held)
    since = held[need - 1].at if met else None
    return CriterionState(criterion.kind, met, words, {"sessions": need}, len(held), need, (), since, evidence)


def check(criterion: Criterion) -> None:
    if not 1 <= criterion.sessions <= MOST:
        raise RuleBroken(N_("Between 1 and 100 sessions can be asked for."), field="sessions")


def misfits(criterion: Criterion, course: Facts) -> Iterator[RuleBroken]:
    yield from ()


KIND = Kind(CriterionKind.ATTENDED, ("sessions",), judge, check, misfits)
