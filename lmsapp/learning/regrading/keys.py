"""Corrections of a question, and the keys an attempt may be scored by after one. Pure (QIZ-4).

A correction is said in the keys of the bank. For one attempt it becomes `{'options', 'detail'}` in the shown keys of
that attempt, kept with the grading; what was asked stays as it was. A question that is left out counts 0 points there,
one that gives everybody its points says 'full'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from lmsapp.courses.quizzes.marking import number_of
from lmsapp.courses.quizzes.rules import CHOICES, Asked, QuestionKind
from lmsapp.infra.words import N_, RuleBroken

LONGEST_TEXT = 500
MOST_TEXTS = 20
OUT_POINTS = "0"


class CorrectionKind(StrEnum):
    """What was wrong with the question, and what is done about it."""

    ACCEPT = "accept"  # these options are right too
    KEY = "key"  # these options are right, and no others
    TEXT = "text"  # these words or numbers are right too
    FULL = "full"  # everybody gets all its points
    OUT = "out"  # the question does not count


@dataclass(frozen=True, slots=True)
class Correction:
    """`options`: keys of the bank, for ACCEPT and KEY. `texts`: for TEXT, as an author types them."""

    kind: CorrectionKind
    options: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As `quiz_regrade.correction` keeps it."""
        return {"kind": self.kind.value, "options": list(self.options), "texts": list(self.texts)}

    @staticmethod
    def from_json(kept: Mapping[str, Any]) -> Correction:
        """Back from it."""
        return Correction(CorrectionKind(kept["kind"]), tuple(kept["options"]), tuple(kept["texts"]))


def possible(kind: str) -> tuple[CorrectionKind, ...]:
    """Which corrections a kind of question knows."""
    everywhere = (CorrectionKind.FULL, CorrectionKind.OUT)
    if kind in CHOICES:
        return (CorrectionKind.ACCEPT, CorrectionKind.KEY, *everywhere)
    if kind in (QuestionKind.SHORT, QuestionKind.NUMERIC):
        return (CorrectionKind.TEXT, *everywhere)
    return everywhere


def check_correction(question: Asked, correction: Correction) -> None:
    """Raises RuleBroken for what the question cannot take. `question` as one attempt was asked it."""
    if correction.kind not in possible(question["kind"]):
        raise RuleBroken(N_("Choose one of the corrections offered."), field="kind")
    if correction.kind in (CorrectionKind.ACCEPT, CorrectionKind.KEY):
        _check_options(question, correction)
    if correction.kind is CorrectionKind.TEXT:
        _check_texts(question["kind"], correction.texts)


def _check_options(question: Asked, correction: Correction) -> None:
    right = {one["of"] for one in question["options"] if one.get("correct")}
    chosen = set(correction.options)
    if not chosen:
        raise RuleBroken(N_("Choose at least one option."), field="options")
    if chosen - {one["of"] for one in question["options"]}:
        raise RuleBroken(N_("This option does not belong to the question."), field="options")
    if correction.kind is CorrectionKind.ACCEPT and chosen <= right:
        raise RuleBroken(N_("These options are right already. Choose the one to accept as well."), field="options")
    if correction.kind is CorrectionKind.KEY and chosen == right:
        raise RuleBroken(N_("That is the key as it is. Choose what is really right."), field="options")
    if correction.kind is CorrectionKind.KEY and len(chosen) > 1 and question["kind"] != QuestionKind.MULTIPLE:
        raise RuleBroken(N_("One option is right here. To take several, accept the other as well."), field="options")


def _check_texts(kind: str, texts: Sequence[str]) -> None:
    if not texts:
        raise RuleBroken(N_("Write the answer to accept, one on a line."), field="texts")
    if len(texts) > MOST_TEXTS or any(len(one) > LONGEST_TEXT for one in texts):
        raise RuleBroken(N_("Give at most %(most)s short answers."), field="texts", most=MOST_TEXTS)
    if kind == QuestionKind.NUMERIC and any(near(one) is None for one in texts):
        raise RuleBroken(N_("Write numbers, for example 9.81, or 9.81 ± 0.05 to take what is close."), field="texts")


def near(text: str) -> tuple[str, str] | None:
    """'9.81 ± 0.05' or '9,81 +- 0,05' as (value, tolerance); None for what is no number."""
    value, sign, tolerance = text.replace("+/-", "±").replace("+-", "±").partition("±")
    found, around = number_of(value), number_of(tolerance) if sign else Fraction(0)
    if found is None or around is None or around < 0:
        return None
    return _plain(found), _plain(around)


def _plain(value: Fraction) -> str:
    return f"{Decimal(value.numerator) / Decimal(value.denominator):f}"


def keys_of(question: Asked, correction: Correction, given: Sequence[str]) -> list[dict[str, Any]]:
    """What a question may be scored by after the correction, one or more `{'options', 'detail'}`; the best counts.

    For ACCEPT several: the key as it was, and the key with what is accepted.
    """
    as_it_was = {"options": list(question["options"]), "detail": dict(question.get("detail") or {})}
    if correction.kind is CorrectionKind.KEY:
        return [{**as_it_was, "options": _keyed(question, set(correction.options))}]
    if correction.kind is CorrectionKind.ACCEPT:
        return [as_it_was, *({**as_it_was, "options": one} for one in _accepted(question, correction, given))]
    if correction.kind is CorrectionKind.TEXT:
        return [as_it_was, {**as_it_was, "detail": _with_texts(question, correction.texts)}]
    if correction.kind is CorrectionKind.OUT:
        return [{**as_it_was, "points": OUT_POINTS}]
    return [{**as_it_was, "full": True}]


def _keyed(question: Asked, right: set[str]) -> list[dict[str, Any]]:
    return [{**one, "correct": one["of"] in right} for one in question["options"]]


def _accepted(question: Asked, correction: Correction, given: Sequence[str]) -> list[list[dict[str, Any]]]:
    """One right answer: each accepted one in its place. Several: the set with what is accepted, needed or not."""
    right = {one["of"] for one in question["options"] if one.get("correct")}
    if question["kind"] != QuestionKind.MULTIPLE:
        return [_keyed(question, {key}) for key in correction.options]
    chosen = {one["of"] for one in question["options"] if one["key"] in given}
    return [_keyed(question, right | (set(correction.options) & chosen))]


def _with_texts(question: Asked, texts: Sequence[str]) -> dict[str, Any]:
    detail = dict(question.get("detail") or {})
    more: list[dict[str, Any]] = [{"text": one, "percent": 100} for one in texts]
    if question["kind"] == QuestionKind.NUMERIC:
        numbers = [found for one in texts if (found := near(one)) is not None]
        more = [{"value": value, "tolerance": around, "percent": 100} for value, around in numbers]
    return {**detail, "accepted": [*more, *detail.get("accepted", ())]}
