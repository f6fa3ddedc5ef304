"""Every acknowledgement of the course signed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lmsapp.courses.completion.facts import (
    SIGNED,
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
    asked = {key: fact for key, fact in facts.lessons.items() if fact.kind == SIGNED}
    left = tuple(key for key, fact in asked.items() if not fact.done)
    need = max(1, len(asked))
    values: dict[str, Any] = {"n": need}
    if len(asked) == 1:
        values["title"] = next(iter(asked.values())).title
    words = N_("Sign “%(title)s”") if values.get("title") else N_("Sign every acknowledgement")
    met = bool(asked) and not left
    evidence = done_evidence(facts, list(asked), "signature")
    since = latest([one.at for one in evidence]) if met else None
    return CriterionState(criterion.kind, met, words, values, len(asked) - len(left), need, left, since, evidence)


def check(criterion: Criterion) -> None:
    """Nothing to choose, nothing to refuse."""


def misfits(criterion: Criterion, course: Facts) -> Iterator[RuleBroken]:
    yield from ()


KIND = Kind(CriterionKind.ACKNOWLEDGED, (), judge, check, misfits)
