"""From attempts as they are kept to the answers that `rules` works on, for every kind of question. Pure (QIZ-6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lmsapp.courses.quizzes.rules import QuestionKind
from lmsapp.learning.analysis.rules import Answer, Choice

MOST_WORDINGS = 8  # of typed answers, and of wrong pairs
LONGEST = 120
Question = Mapping[str, Any]


@dataclass
class Collected:
    """Everything that was answered to one question in one version."""

    question: Question
    answers: list[Answer] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)  # of pairs and typed answers, by key


@dataclass(frozen=True, slots=True)
class Sheet:
    """One attempt: questions as asked and what was made of each, by id."""

    questions: Sequence[Question]
    results: Mapping[int, Mapping[str, Any]]

    @property
    def scored(self) -> list[Question]:
        """Those that count: asked, and neither left out nor waiting."""
        return [one for one in self.questions if _counts(self.results.get(one["id"]))]


def _counts(result: Mapping[str, Any] | None) -> bool:
    return result is not None and not result.get("waits") and not result.get("left_out")


def collect(sheets: Iterable[Sheet]) -> dict[int, Collected]:
    """By question id; the newest wording first seen is kept, so give the newest attempts first."""
    found: dict[int, Collected] = {}
    for sheet in sheets:
        _add(found, sheet)
    return found


def points_by_question(sheet: Sheet) -> dict[int, float]:
    """For alpha: what each question gave."""
    return {one["id"]: float(sheet.results[one["id"]]["points"]) for one in sheet.scored}


def _add(found: dict[int, Collected], sheet: Sheet) -> None:
    scored = sheet.scored
    most = sum(float(one["points"]) for one in scored)
    got = {one["id"]: float(sheet.results[one["id"]]["points"]) for one in scored}
    whole = sum(got.values())
    for question in scored:
        key, full = question["id"], float(question["points"])
        here = found.setdefault(key, Collected(question))
        others = most - full
        here.answers.append(
            Answer(
                share=min(1.0, max(0.0, got[key] / full)) if full else 0.0,
                total=round(whole / most, 9) if most else 0.0,
                rest=(whole - got[key]) / others if others > 1e-9 else None,
                chosen=_chosen(here, question, sheet.results[key].get("given") or ()),
            )
        )


def _chosen(here: Collected, question: Question, given: Sequence[str]) -> tuple[str, ...]:
    kind = question["kind"]
    if kind == QuestionKind.MATCHING:
        return tuple(_pairs(here, question, given))
    bank = {one["key"]: str(one.get("of") or one["key"]) for one in question.get("options", ())}
    if kind == QuestionKind.ORDERING:
        return _placed(question, bank, given)
    if bank:
        return tuple(bank[key] for key in given if key in bank)
    typed = [" ".join(one.split()) for one in given if one.strip()]
    keys = tuple(one.casefold()[:LONGEST] for one in typed)
    for key, text in zip(keys, typed, strict=True):
        here.texts.setdefault(key, text[:LONGEST])
    return keys


def _placed(question: Question, bank: Mapping[str, str], given: Sequence[str]) -> tuple[str, ...]:
    """The items that stand in their right place; for an answer without any, a key of its own: it was answered."""
    right = sorted(question["options"], key=lambda one: one.get("place", 0))
    hits = tuple(bank[one["key"]] for one, key in zip(right, given, strict=False) if one["key"] == key)
    return hits or (("",) if given else ())


def _pairs(here: Collected, question: Question, given: Sequence[str]) -> Iterable[str]:
    options = {one["key"]: one for one in question["options"]}
    matches = {one["key"]: one for one in question.get("matches", ())}
    for pair in given:
        left, _sign, right = pair.partition("=")
        if left in options and right in matches:
            one, two = options[left], matches[right]
            key = f"{one.get('of') or left}={two.get('of') or right}"
            here.texts.setdefault(key, f"{one['text']} – {two['text']}"[:LONGEST])
            yield key


def choices_of(here: Collected) -> list[Choice]:
    """What could be answered, or what was: options in the order of the bank, the most frequent typed answers."""
    question = here.question
    kind = question["kind"]
    if kind == QuestionKind.OPEN:
        return []
    if kind == QuestionKind.MATCHING:
        return _matching(here)
    options = sorted(question.get("options", ()), key=lambda one: one.get("place") or 0)
    if kind == QuestionKind.ORDERING:
        return [Choice(str(one.get("of") or one["key"]), one["text"], True) for one in options]
    if options:
        options = sorted(options, key=lambda one: str(one.get("of") or one["key"]))
        return [Choice(str(one.get("of") or one["key"]), one["text"], bool(one.get("correct"))) for one in options]
    return [Choice(key, here.texts[key], _right(here, key)) for key in _frequent(here, MOST_WORDINGS)]


def _matching(here: Collected) -> list[Choice]:
    """Every right pair, then the wrong ones that were given most."""
    question = here.question
    matches = {one["key"]: one for one in question.get("matches", ())}
    right: dict[str, str] = {}
    for one in question["options"]:
        two = matches.get(str(one.get("match")))
        if two is not None:
            key = f"{one.get('of') or one['key']}={two.get('of') or two['key']}"
            right[key] = f"{one['text']} – {two['text']}"[:LONGEST]
    wrong = [key for key in _frequent(here, MOST_WORDINGS + len(right)) if key not in right][:MOST_WORDINGS]
    return [
        *(Choice(key, text, True) for key, text in right.items()),
        *(Choice(key, here.texts[key], False) for key in wrong),
    ]


def _frequent(here: Collected, most: int) -> list[str]:
    counted = Counter(key for one in here.answers for key in one.chosen if key in here.texts)
    return [key for key, _count in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:most]]


def _right(here: Collected, key: str) -> bool | None:
    """Whether a typed answer got all points, none, or something between."""
    shares = [one.share for one in here.answers if key in one.chosen]
    return True if all(one >= 1 for one in shares) else None if any(one > 0 for one in shares) else False
