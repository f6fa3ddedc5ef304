"""How a quiz is scored and shuffled. Pure; numbers are Decimal, because a pass must not hang on a rounding.

A question gives its full points for exactly the right set of options, otherwise none. The percentage is cut to two
places, never rounded up: 79.996 is shown as 79.99 and does not pass at 80.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from typing import Any

from lmsapp.infra.words import N_, RuleBroken

CENT = Decimal("0.01")
MAX_OPTIONS = 10


class QuestionKind(StrEnum):
    """Question kinds that are scored at once."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"


class ShowAnswers(StrEnum):
    """When right answers and explanations may be seen."""

    NEVER = "never"
    AFTER_SUBMIT = "after_submit"
    AFTER_PASS = "after_pass"  # noqa: S105 - a moment, not a password


Asked = Mapping[str, Any]
"""A question as asked: {'id', 'version', 'kind', 'prompt', 'options': [{'key', 'text', 'correct'}], 'points': '1',
'explanation', 'lesson_id'}."""


@dataclass(frozen=True, slots=True)
class Result:
    """One question scored. `given`: the option keys chosen, in the question's order."""

    question_id: int
    given: tuple[str, ...]
    points: Decimal
    right: bool

    def as_json(self) -> dict[str, Any]:
        """As `quiz_submission.result` keeps it."""
        return {"id": self.question_id, "given": list(self.given), "points": str(self.points), "right": self.right}


@dataclass(frozen=True, slots=True)
class Score:
    """`percent` 0 to 100, two places, cut off."""

    points: Decimal
    max_points: Decimal
    percent: Decimal
    results: tuple[Result, ...]

    def passes(self, passing_percent: int) -> bool:
        """Compared exactly, by points, not by the percentage shown."""
        return self.max_points > 0 and self.points * 100 >= self.max_points * passing_percent


def score(asked: Sequence[Asked], given: Mapping[int, Sequence[str]]) -> Score:
    """Score the answers given by question id; what was not answered is wrong, unknown options are ignored."""
    results = tuple(_result(question, given.get(question["id"], ())) for question in asked)
    points = sum((result.points for result in results), Decimal(0))
    most = sum((Decimal(str(question["points"])) for question in asked), Decimal(0))
    percent = (points * 100 / most).quantize(CENT, ROUND_DOWN) if most else Decimal(0)
    return Score(points, most, percent, results)


def _result(question: Asked, given: Sequence[str]) -> Result:
    chosen = tuple(option["key"] for option in question["options"] if option["key"] in given)
    right_keys = {option["key"] for option in question["options"] if option["correct"]}
    right = bool(right_keys) and set(chosen) == right_keys
    return Result(question["id"], chosen, Decimal(str(question["points"])) if right else Decimal(0), right)


def order(asked: Sequence[Asked], seed: str | int) -> list[dict[str, Any]]:
    """The questions, and the options in each, in an order that follows from the seed alone. True/false stays as it is.

    By digest, not by `random`: the order is the same in every Python.
    """
    drawn = sorted((dict(question) for question in asked), key=lambda question: _place(seed, question["id"]))
    for question in drawn:
        if question["kind"] != QuestionKind.TRUE_FALSE:
            by_place = sorted(question["options"], key=lambda o, q=question: _place(seed, q["id"], o["key"]))  # type: ignore[misc]
            question["options"] = by_place
    return drawn


def _place(*parts: object) -> bytes:
    return hashlib.sha256(":".join(map(str, parts)).encode()).digest()


def check_question(kind: QuestionKind, prompt: str, options: Sequence[Mapping[str, Any]], points: Decimal) -> None:
    """Refuse a question that nobody could answer, or that answers itself."""
    right = sum(1 for option in options if option["correct"])
    if not prompt.strip():
        raise RuleBroken(N_("Write the question."), field="prompt")
    if not 2 <= len(options) <= MAX_OPTIONS:
        raise RuleBroken(N_("Give between two and %(most)s options."), field="options", most=MAX_OPTIONS)
    if len({option["text"].strip().casefold() for option in options}) < len(options):
        raise RuleBroken(N_("Two options say the same."), field="options")
    if right == 0:
        raise RuleBroken(N_("Mark the right answer."), field="options")
    if right > 1 and kind is not QuestionKind.MULTIPLE:
        raise RuleBroken(N_("Mark one right answer only, or choose ‘several right answers’."), field="options")
    if kind is QuestionKind.TRUE_FALSE and len(options) != 2:
        raise RuleBroken(N_("A true/false question has two options."), field="options")
    if not Decimal(0) < points <= Decimal(1000):
        raise RuleBroken(N_("Points must lie between 0.01 and 1000."), field="points")
