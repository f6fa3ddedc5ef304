"""A question as its learner sees it afterwards: what was given, what came of it, and what would have been right. Pure.

`reviewed` puts right answers in only where it is told that they may be seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from lmsapp.courses.quizzes.rules import CHOICES, QuestionKind
from lmsapp.learning.quizzes.views import Choice, Pair, Reviewed

Question = Mapping[str, Any]
Made = Mapping[str, Any]


def reviewed(question: Question, made: Made, *, answers: bool, feedback: str = "") -> Reviewed:
    """`made`: the entry of the result. `answers`: right answers and explanation may be seen.

    While a person has yet to grade it, they never are: it may still be given back.
    """
    kind = QuestionKind(question["kind"])
    given, outcome = tuple(made.get("given") or ()), outcome_of(made)
    shown = answers and outcome != "waits"
    more = _right(kind, question, given) if shown else {}
    return Reviewed(
        id=question["id"],
        kind=kind.value,
        prompt=question["prompt"],
        outcome=outcome,
        points=Decimal(str(made.get("points") or 0)),
        max_points=Decimal(str(question["points"])),
        given=in_words(kind, question, given),
        feedback=feedback,
        answers=shown,
        explanation=str(question.get("explanation") or "") if shown else "",
        **more,
    )


def outcome_of(made: Made) -> str:
    """In one word; results of before there were shares know right and wrong alone."""
    if made.get("waits"):
        return "waits"
    if made.get("right"):
        return "right"
    if Fraction(str(made.get("share") or 0)) > 0:
        return "partly"
    return "wrong" if made.get("given") else "none"


def in_words(kind: QuestionKind, question: Question, given: tuple[str, ...]) -> tuple[str, ...]:
    """What was given, as its learner knows it: the texts of keys."""
    texts = {one["key"]: one["text"] for one in question["options"]}
    if kind is QuestionKind.MATCHING:
        matches = {one["key"]: one["text"] for one in question.get("matches", ())}
        pairs = [pair.partition("=") for pair in given]
        return tuple(f"{texts.get(option, '')}: {matches.get(match, '')}" for option, _sign, match in pairs)
    if kind in CHOICES or kind is QuestionKind.ORDERING:
        return tuple(texts[key] for key in given if key in texts)
    return given


def _right(kind: QuestionKind, question: Question, given: tuple[str, ...]) -> dict[str, Any]:
    if kind in CHOICES:
        return {
            "options": tuple(
                Choice(one["key"], one["text"], one["key"] in given, bool(one.get("correct")))
                for one in question["options"]
            )
        }
    return RIGHT[kind](question, given)


def _pairs(question: Question, given: tuple[str, ...]) -> dict[str, Any]:
    matches = {one["key"]: one["text"] for one in question.get("matches", ())}
    chosen = dict(pair.split("=", 1) for pair in given if "=" in pair)
    return {
        "pairs": tuple(
            Pair(one["text"], matches.get(chosen.get(one["key"], ""), ""), matches.get(one["match"], ""))
            for one in question["options"]
        )
    }


def _order(question: Question, _given: tuple[str, ...]) -> dict[str, Any]:
    return {"accepted": tuple(one["text"] for one in sorted(question["options"], key=lambda one: one["place"]))}


def _texts(question: Question, _given: tuple[str, ...]) -> dict[str, Any]:
    full = [one for one in question["detail"]["accepted"] if int(one.get("percent", 100)) == 100]
    return {"accepted": tuple(str(one["text"]) for one in full)}


def _numbers(question: Question, _given: tuple[str, ...]) -> dict[str, Any]:
    detail = question["detail"]
    unit = f" {detail['unit']}" if detail.get("unit") else ""
    full = [one for one in detail["accepted"] if int(one.get("percent", 100)) == 100]
    return {"accepted": tuple(f"{one['value']}{_within(one)}{unit}" for one in full)}


def _within(accepted: Mapping[str, Any]) -> str:
    tolerance = str(accepted.get("tolerance") or "0")
    return f" \N{PLUS-MINUS SIGN} {tolerance}" if Fraction(tolerance) else ""


def _sample(question: Question, _given: tuple[str, ...]) -> dict[str, Any]:
    return {"sample": str(question["detail"].get("sample") or "")}


RIGHT: dict[QuestionKind, Callable[[Question, tuple[str, ...]], dict[str, Any]]] = {
    QuestionKind.MATCHING: _pairs,
    QuestionKind.ORDERING: _order,
    QuestionKind.SHORT: _texts,
    QuestionKind.NUMERIC: _numbers,
    QuestionKind.OPEN: _sample,
}
