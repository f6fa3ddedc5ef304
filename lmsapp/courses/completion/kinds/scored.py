"""A score in lessons of one kind: how quizzes and SCORM packages are both judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lmsapp.courses.completion.facts import Criterion, CriterionState, Evidence, Facts, latest
from lmsapp.infra.words import N_, RuleBroken

NARROW_SPACE = "\u202f"


@dataclass(frozen=True, slots=True)
class Scored:
    """`lesson`: the kind of lesson; `evidence`: the kind of fact behind it; then: each, the only one, by name.

    A score of another kind of lesson never counts; that of a lesson no longer in the outline does.
    """

    lesson: str
    evidence: str
    every: str
    only: str
    named: str

    def lessons_of(self, criterion: Criterion, facts: Facts) -> tuple[int, ...]:
        """The lessons it is about: a chosen one, or every one that is not for practice."""
        if criterion.lesson_id is not None:
            return (criterion.lesson_id,)
        return tuple(key for key, fact in facts.lessons.items() if fact.kind == self.lesson and not fact.practice)

    def judge(self, criterion: Criterion, facts: Facts) -> CriterionState:
        """The least of the scores against what is asked."""
        asked = self.lessons_of(criterion, facts)
        scores = {key: facts.scores[key] for key in asked if key in facts.scores and self._is_one(key, facts)}
        left = tuple(key for key in asked if scores.get(key, 0) < criterion.percent)
        met = bool(asked) and not left
        evidence = tuple(self._evidence(key, got, facts) for key, got in scores.items())
        words, values = self._words(criterion, asked, facts)
        since = latest([one.at for one in evidence]) if met else None
        have = min((scores.get(key, 0) for key in asked), default=0)
        return CriterionState(criterion.kind, met, words, values, have, criterion.percent, left, since, evidence)

    def _is_one(self, key: int, facts: Facts) -> bool:
        return key not in facts.lessons or facts.lessons[key].kind == self.lesson

    def _evidence(self, key: int, got: Any, facts: Facts) -> Evidence:
        fact = facts.lessons.get(key)
        if fact is None:
            return Evidence(self.evidence, key, percent=got)
        return Evidence(self.evidence, key, fact.title, fact.done_at, got, fact.attempt)

    def _words(self, criterion: Criterion, asked: tuple[int, ...], facts: Facts) -> tuple[str, dict[str, Any]]:
        values: dict[str, Any] = {"percent": f"{criterion.percent}{NARROW_SPACE}%"}
        if len(asked) != 1:
            return self.every, values
        fact = facts.lessons.get(asked[0])
        if fact is None or not fact.title:
            return self.only, values | {"title": ""}
        return self.named, values | {"title": fact.title}


def check_percent(criterion: Criterion, field: str) -> None:
    """Raises RuleBroken for a score that doing nothing reaches, or nobody."""
    if not 1 <= criterion.percent <= 100:
        raise RuleBroken(N_("The score asked for must lie between 1 and 100."), field=field)
