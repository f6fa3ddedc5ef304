"""An attempt question by question, for paper and for staff: what was asked, given, right and said (QIZ-4, QIZ-6). Pure.

Every kind of question comes out the same way: rows of words, each with what is to be known of it. What would have been
right is filled only where it may be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from lmsapp.courses.quizzes.rules import QuestionKind

Question = Mapping[str, Any]


class Verdict(StrEnum):
    """What was made of an answer."""

    RIGHT = "right"
    PARTLY = "partly"
    WRONG = "wrong"
    EMPTY = "empty"
    WAITS = "waits"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True)
class Part:
    """One option, pair, place or text. `right` stays False where right answers may not be seen.

    `fitting`: what would have belonged here, for a pair or a place; '' where it may not be seen or nothing is amiss.
    """

    text: str
    chosen: bool
    right: bool = False
    fitting: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One question as asked, and what was made of it. `accepted`: what typed answers would have been right."""

    id: int
    kind: str
    prompt: str
    parts: tuple[Part, ...]
    accepted: tuple[str, ...]
    verdict: Verdict
    points: str
    max_points: str
    feedback: str = ""
    explanation: str = ""

    @property
    def typed(self) -> bool:
        """Answered in words or numbers, not by choosing."""
        return self.kind in (QuestionKind.SHORT, QuestionKind.NUMERIC, QuestionKind.OPEN)


def lines_of(
    questions: Sequence[Question],
    result: Sequence[Mapping[str, Any]],
    *,
    shown: bool,
    feedback: Mapping[str, str] | None = None,
    corrections: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[Line]:
    """Questions as asked with what was made of them. `shown`: right answers may be seen, after every correction."""
    made = {one["id"]: one for one in result}
    nothing: dict[str, Any] = {"given": [], "points": "0", "right": False}
    said, mended = feedback or {}, corrections or {}
    return [
        _line(
            {**question, **_mended(mended.get(str(question["id"])))},
            made.get(question["id"], nothing),
            shown=shown,
            said=said.get(str(question["id"]), ""),
        )
        for question in questions
    ]


def _mended(correction: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: correction[name] for name in ("options", "detail") if name in correction} if correction else {}


def _line(question: Question, made: Mapping[str, Any], *, shown: bool, said: str) -> Line:
    given = [str(one) for one in made.get("given") or ()]
    kind = question["kind"]
    return Line(
        id=question["id"],
        kind=kind,
        prompt=question["prompt"],
        parts=tuple(PARTS.get(kind, _chosen)(question, given, shown)),
        accepted=tuple(_accepted(question)) if shown else (),
        verdict=verdict_of(made, given),
        points=plain(made.get("points") or "0"),
        max_points=plain(question["points"]),
        feedback=said,
        explanation=(question.get("explanation") or "") if shown else "",
    )


def verdict_of(made: Mapping[str, Any], given: Sequence[str]) -> Verdict:
    """From what a result keeps of one question."""
    if made.get("left_out"):
        return Verdict.LEFT_OUT
    if made.get("waits"):
        return Verdict.WAITS
    if made.get("right"):
        return Verdict.RIGHT
    if Decimal(str(made.get("points") or 0)) > 0:
        return Verdict.PARTLY
    return Verdict.WRONG if any(one.strip() for one in given) else Verdict.EMPTY


def _chosen(question: Question, given: Sequence[str], shown: bool) -> Iterable[Part]:
    for one in question["options"]:
        yield Part(one["text"], one["key"] in given, shown and bool(one.get("correct")))


def _typed(question: Question, given: Sequence[str], shown: bool) -> Iterable[Part]:
    unit = (question.get("detail") or {}).get("unit") or ""
    for one in given:
        if one.strip():
            yield Part(f"{one} {unit}".strip() if question["kind"] == QuestionKind.NUMERIC else one, True)


def _matched(question: Question, given: Sequence[str], shown: bool) -> Iterable[Part]:
    pairs = dict(one.partition("=")[::2] for one in given)
    texts = {one["key"]: one["text"] for one in question.get("matches") or ()}
    for one in question["options"]:
        chosen, right = pairs.get(one["key"], ""), str(one.get("match") or "")
        fits = bool(right) and chosen == right
        words = f"{one['text']} – {texts.get(chosen, '?')}"
        yield Part(words, bool(chosen), shown and fits, texts.get(right, "") if shown and not fits else "")


def _ordered(question: Question, given: Sequence[str], shown: bool) -> Iterable[Part]:
    texts = {one["key"]: one["text"] for one in question["options"]}
    right = [one["key"] for one in sorted(question["options"], key=lambda one: one.get("place") or 0)]
    for number, key in enumerate(given or [""] * len(right), 1):
        belongs = right[number - 1] if number <= len(right) else ""
        words = f"{number}. {texts.get(key, '?')}"
        yield Part(
            words, bool(key), shown and key == belongs, texts.get(belongs, "") if shown and key != belongs else ""
        )


PARTS = {
    QuestionKind.SHORT: _typed,
    QuestionKind.NUMERIC: _typed,
    QuestionKind.OPEN: _typed,
    QuestionKind.MATCHING: _matched,
    QuestionKind.ORDERING: _ordered,
}


def _accepted(question: Question) -> Iterable[str]:
    detail = question.get("detail") or {}
    for one in detail.get("accepted") or ():
        words = str(one.get("text") or one.get("value") or "")
        near = str(one.get("tolerance") or "0")
        words = f"{words} ± {near}" if Decimal(near) else words
        full = Decimal(str(one.get("percent", 100))) >= 100
        yield words if full else f"{words} ({plain(one['percent'])} %)"


def plain(value: Decimal | str | float | None) -> str:
    """Without needless decimals: '8', '66.67'."""
    text = "" if value is None else f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
