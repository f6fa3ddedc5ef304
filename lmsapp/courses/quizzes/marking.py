"""How answers are scored (QIZ-1, QIZ-2). Pure; shares are fractions, because a pass must not hang on a rounding.

Each kind gives a share of the question's points, from 0 to 1:

- single, true/false: 1 for the right option.
- multiple: 1 for exactly the right options; scored 'each': (right ones chosen - wrong ones chosen) / right ones.
- short: the percentage of the first accepted text that fits. Blanks at the ends and doubled ones do not count, nor do
  upper and lower case unless the author says so; `*` in an accepted text stands for anything.
- numeric: the percentage of the best accepted value within its tolerance (absolute, the bounds included).
- matching: the share of rows matched rightly; scored 'all': 1 or nothing.
- ordering: 1 for the right order; scored 'each': the share of items in their right place.
- open: what a grader gave.

A wrong answer (share 0, and something was answered) takes `negative_percent` of the points off; nothing is taken off
for no answer, and the total never falls below 0. The percentage is cut to two places, never rounded up: 79.996 is
shown as 79.99 and does not pass at 80.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from lmsapp.courses.quizzes.rules import Asked, QuestionKind, Scoring

CENT = Decimal("0.01")
NONE, FULL = Fraction(0), Fraction(1)
NUMBER = re.compile(r"[+-]?(\d+([.]\d*)?|[.]\d+)(e[+-]?\d{1,3})?", re.IGNORECASE)
LONGEST_NUMBER = 60


@dataclass(frozen=True, slots=True)
class Result:
    """One question scored. `given` as kept; `share` of its points, below 0 where points were taken off.

    `waits`: a person has to grade it; its points count as 0 until then.
    """

    question_id: int
    given: tuple[str, ...]
    points: Decimal
    right: bool
    share: Fraction = NONE
    waits: bool = False

    def as_json(self) -> dict[str, Any]:
        """As `quiz_submission.result` keeps it."""
        return {
            "id": self.question_id,
            "given": list(self.given),
            "points": str(self.points),
            "right": self.right,
            "share": str(self.share),
            "waits": self.waits,
        }


@dataclass(frozen=True, slots=True)
class Score:
    """`percent` 0 to 100, two places, cut off. `exact`: the points, unrounded. `waiting`: questions to be graded."""

    points: Decimal
    max_points: Decimal
    percent: Decimal
    results: tuple[Result, ...]
    exact: Fraction = NONE

    @property
    def waiting(self) -> tuple[int, ...]:
        """Ids of the questions a person has yet to grade."""
        return tuple(one.question_id for one in self.results if one.waits)

    def passes(self, passing_percent: int) -> bool:
        """Compared exactly, by points, not by the percentage shown. What waits counts as nothing yet."""
        return self.max_points > 0 and self.exact * 100 >= Fraction(self.max_points) * passing_percent


def score(
    asked: Sequence[Asked],
    given: Mapping[int, Sequence[str]],
    graded: Mapping[int, Decimal] | None = None,
    negative_percent: int = 0,
) -> Score:
    """Score the answers given by question id; what was not answered gives nothing, unknown options are ignored.

    `graded`: points a person gave, by question id; they stand for any kind of question.
    """
    by_hand = graded or {}
    results = tuple(
        _result(one, tuple(given.get(one["id"], ())), by_hand.get(one["id"]), negative_percent) for one in asked
    )
    points = {one["id"]: Fraction(Decimal(str(one["points"]))) for one in asked}
    exact = max(NONE, sum((one.share * points[one.question_id] for one in results), NONE))
    most = sum(points.values(), NONE)
    percent = _decimal(exact * 100 / most, ROUND_DOWN) if most else Decimal(0)
    return Score(_decimal(exact), _decimal(most), percent, results, exact)


def _result(question: Asked, given: tuple[str, ...], by_hand: Decimal | None, negative_percent: int) -> Result:
    most = Fraction(Decimal(str(question["points"])))
    kept = kept_of(question, given)
    if by_hand is not None:
        share = min(FULL, Fraction(by_hand) / most) if most else NONE
        return Result(question["id"], kept, _decimal(share * most), share >= FULL, share)
    if question["kind"] == QuestionKind.OPEN:
        return Result(question["id"], kept, Decimal(0), right=False, waits=bool(kept))
    share = SHARES[QuestionKind(question["kind"])](question, kept) if kept else NONE
    if kept and share == NONE:
        share = Fraction(-negative_percent, 100)
    return Result(question["id"], kept, _decimal(share * most), share == FULL, share)


def kept_of(question: Asked, given: Sequence[str]) -> tuple[str, ...]:
    """What of an answer belongs to the question: its own options once each, in its order; text without outer blanks."""
    kind = QuestionKind(question["kind"])
    keys = [option["key"] for option in question["options"]]
    if kind is QuestionKind.ORDERING:
        return tuple(dict.fromkeys(key for key in given if key in keys))
    if kind is QuestionKind.MATCHING:
        chosen = dict(pair.split("=", 1) for pair in given if "=" in pair)
        known = {match["key"] for match in question.get("matches", ())}
        return tuple(f"{key}={chosen[key]}" for key in keys if chosen.get(key) in known)
    if keys:
        return tuple(key for key in keys if key in given)
    text = given[0].strip() if given else ""
    return (text,) if text else ()


def _decimal(value: Fraction, rounding: str = ROUND_HALF_UP) -> Decimal:
    """Two places. Cutting off is exact: the fraction is cut before it becomes a decimal."""
    if rounding == ROUND_DOWN:
        return Decimal(value.numerator * 100 // value.denominator) / 100
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(CENT, rounding)


def _one(question: Asked, given: tuple[str, ...]) -> Fraction:
    right = {option["key"] for option in question["options"] if option["correct"]}
    return Fraction(int(bool(right) and set(given) == right))


def _several(question: Asked, given: tuple[str, ...]) -> Fraction:
    if question.get("detail", {}).get("scoring") != Scoring.EACH:
        return _one(question, given)
    right = {option["key"] for option in question["options"] if option["correct"]}
    hits = len(right & set(given)) - len(set(given) - right)
    return max(NONE, Fraction(hits, len(right))) if right else NONE


def folded(text: str, *, case: bool = False) -> str:
    """As texts are compared: compatible characters alike, blanks single, case folded unless it counts."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    return plain if case else unicodedata.normalize("NFKC", plain.casefold())


def _text(question: Asked, given: tuple[str, ...]) -> Fraction:
    detail = question["detail"]
    case = bool(detail.get("case"))
    said = folded(given[0], case=case)
    for accepted in detail["accepted"]:
        if fits(folded(accepted["text"], case=case), said):
            return Fraction(int(accepted["percent"]), 100)
    return NONE


def fits(pattern: str, said: str) -> bool:
    """Whether the text fits, where `*` stands for anything. In linear steps: the parts are looked for in turn."""
    head, *rest = pattern.split("*")
    if not rest:
        return pattern == said
    *middle, tail = rest
    if not said.startswith(head) or not said.endswith(tail) or len(said) < len(head) + len(tail):
        return False
    left = said[len(head) : len(said) - len(tail)]
    for part in middle:
        _before, found, left = left.partition(part) if part else ("", "*", left)
        if not found:
            return False
    return True


def number_of(typed: str) -> Fraction | None:
    """The number somebody typed, or None: point or comma as the sign of decimals, blanks and ' between thousands.

    Where both are there, the last one is the sign of decimals: 1.234,5 and 1,234.5 are the same.
    """
    plain = decimal_of(typed)
    return Fraction(Decimal(plain)) if plain else None


def decimal_of(typed: str) -> str:
    """The same as text that `Decimal` reads; '' where it is no number."""
    plain = re.sub(r"[\s'\u2019]", "", unicodedata.normalize("NFKC", typed)).replace("\u2212", "-")
    if "," in plain and "." in plain:
        other = "," if plain.rindex(".") > plain.rindex(",") else "."
        plain = plain.replace(other, "")
    plain = plain.replace(",", ".")
    return plain if len(plain) <= LONGEST_NUMBER and NUMBER.fullmatch(plain) else ""


def _number(question: Asked, given: tuple[str, ...]) -> Fraction:
    detail = question["detail"]
    said = number_read(given[0], str(detail.get("unit") or ""))
    if said is None:
        return NONE
    best = 0
    for accepted in detail["accepted"]:
        away = abs(said - Fraction(Decimal(accepted["value"])))
        if away <= Fraction(Decimal(accepted.get("tolerance") or "0")):
            best = max(best, int(accepted["percent"]))
    return Fraction(best, 100)


def number_read(typed: str, unit: str) -> Fraction | None:
    """The number somebody typed, with the unit asked for behind it or without."""
    said, ending = folded(typed), folded(unit)
    return number_of(said[: -len(ending)] if ending and said.endswith(ending) else said)


def _pairs(question: Asked, given: tuple[str, ...]) -> Fraction:
    chosen = dict(pair.split("=", 1) for pair in given)
    rows = question["options"]
    right = sum(chosen.get(row["key"]) == row["match"] for row in rows)
    if question["detail"].get("scoring") == Scoring.ALL:
        return Fraction(int(right == len(rows)))
    return Fraction(right, len(rows)) if rows else NONE


def _order(question: Asked, given: tuple[str, ...]) -> Fraction:
    items = sorted(question["options"], key=lambda one: one["place"])
    placed = sum(key == item["key"] for key, item in zip(given, items, strict=False))
    if question["detail"].get("scoring") == Scoring.EACH:
        return Fraction(placed, len(items)) if items else NONE
    return Fraction(int(placed == len(items)))


SHARES: dict[QuestionKind, Callable[[Asked, tuple[str, ...]], Fraction]] = {
    QuestionKind.SINGLE: _one,
    QuestionKind.TRUE_FALSE: _one,
    QuestionKind.MULTIPLE: _several,
    QuestionKind.SHORT: _text,
    QuestionKind.NUMERIC: _number,
    QuestionKind.MATCHING: _pairs,
    QuestionKind.ORDERING: _order,
}
