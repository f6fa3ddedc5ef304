"""Who changes by a correction, and how. Pure; preview and worker ask the same (QIZ-4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from lmsapp.courses.quizzes.marking import Score, score
from lmsapp.courses.quizzes.rules import Asked, QuestionKind
from lmsapp.learning.regrading.keys import OUT_POINTS, Correction, keys_of

Corrections = Mapping[str, Mapping[str, Any]]


class Policy(StrEnum):
    """Whether a correction may take something away."""

    GOOD = "good"
    BOTH = "both"


class Change(StrEnum):
    """What a correction means for one attempt."""

    SAME = "same"
    RAISED = "raised"
    PASSES = "passes"
    LOWERED = "lowered"
    FAILS = "fails"
    KEPT = "kept"  # it would be lower, and stays by the policy
    OWN = "own"  # of whoever regrades: somebody else has to


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where an attempt stands by its points. `passed` None: answers still wait for a grader."""

    points: Decimal
    max_points: Decimal
    percent: Decimal
    passed: bool | None

    def less_than(self, other: Outcome) -> bool:
        """By the share of the points, compared exactly; or a pass lost."""
        if bool(self.passed) != bool(other.passed):
            return not self.passed
        return self.points * (other.max_points or 1) < other.points * (self.max_points or 1)


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt as it stands: what was asked, what was made of it, and the corrections that hold by now."""

    questions: Sequence[Asked]
    result: Sequence[Mapping[str, Any]]
    corrections: Corrections
    passing_percent: int
    negative_percent: int
    outcome: Outcome

    def question(self, question_id: int) -> Asked | None:
        """As asked, with what was corrected before; None where it was not asked."""
        found = next((one for one in self.questions if one["id"] == question_id), None)
        return found and {**found, **self._kept(question_id)}

    def given(self, question_id: int) -> tuple[str, ...]:
        """What was answered."""
        return next((tuple(one["given"]) for one in self.result if one["id"] == question_id), ())

    def _kept(self, question_id: int) -> dict[str, Any]:
        before = self.corrections.get(str(question_id), {})
        return {name: before[name] for name in ("options", "detail") if name in before}


def rescored(attempt: Attempt, corrections: Corrections, by_hand: Mapping[int, Decimal] | None = None) -> Score:
    """The same answers scored by the corrections; points given by hand stay, unless `by_hand` says otherwise."""
    asked = [{**one, **corrections.get(str(one["id"]), {})} for one in attempt.questions]
    given = {one["id"]: one["given"] for one in attempt.result}
    kept = {one["id"]: Decimal(str(one["points"])) for one in attempt.result if one["given"] and not one.get("waits")}
    graded: dict[int, Decimal] = {}
    for one in asked:
        if one["points"] == OUT_POINTS or one.get("full"):
            graded[one["id"]] = Decimal(one["points"])
        elif one["kind"] == QuestionKind.OPEN and one["id"] in kept:
            graded[one["id"]] = kept[one["id"]]
    return score(asked, given, graded | dict(by_hand or {}), attempt.negative_percent)


def outcome_of(scored: Score, passing_percent: int) -> Outcome:
    """Where an attempt stands by a score."""
    passed = None if scored.waiting else scored.passes(passing_percent)
    return Outcome(scored.points, scored.max_points, scored.percent, passed)


def corrected(attempt: Attempt, question_id: int, correction: Correction) -> tuple[dict[str, Any], Score] | None:
    """The corrections that hold after this one, and the score by them; None where the question was not asked.

    Of several keys that may count, the one that is best for the learner.
    """
    question = attempt.question(question_id)
    if question is None:
        return None
    best: tuple[dict[str, Any], Score] | None = None
    for key in keys_of(question, correction, attempt.given(question_id)):
        corrections = {**attempt.corrections, str(question_id): key}
        scored = rescored(attempt, corrections)
        if best is None or scored.exact > best[1].exact:
            best = corrections, scored
    return best


def change_of(before: Outcome, after: Outcome, policy: Policy) -> Change:
    """What is to become of an attempt. To the good only, nothing is ever lower than it was."""
    if after == before:
        return Change.SAME
    if after.less_than(before):
        lost = bool(before.passed) and not after.passed
        return Change.KEPT if policy is Policy.GOOD else Change.FAILS if lost else Change.LOWERED
    if before.less_than(after):
        return Change.PASSES if after.passed and not before.passed else Change.RAISED
    # While answers wait, the same share is not the same: what they will be added to differs.
    return Change.RAISED if after.passed is None else Change.SAME


CHANGES = (Change.RAISED, Change.PASSES, Change.LOWERED, Change.FAILS)
"""Those that make a new entry."""
