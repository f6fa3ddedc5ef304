"""What was missed over several attempts, by concept (QIZ-7). Pure; it never looks at what would have been right.

A concept is a tag of the questions missed; a question without tags stands for the lesson it came from. Points lost in a
later attempt weigh more: who got it right the last time has learned it meanwhile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

MOST = 6  # more than that is no help
LEARNED = Fraction(1, 4)  # what counts of earlier misses once the latest attempt had it right


@dataclass(frozen=True, slots=True)
class Lost:
    """How one question went in one attempt. `share` of its points that was got, 0 to 1."""

    tags: tuple[str, ...]
    lesson_id: int | None
    points: Fraction
    share: Fraction


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept missed: a tag, or the title of a lesson. `questions`: how many were missed, over all attempts."""

    name: str
    weight: Fraction
    questions: int


def lost_in(questions: Sequence[Mapping[str, Any]], result: Iterable[Mapping[str, Any]]) -> list[Lost]:
    """From an attempt's questions as asked and its result; what still waits for a grader is left out."""
    made = {one["id"]: one for one in result}
    return [
        Lost(
            tags=tuple(question.get("tags") or ()),
            lesson_id=question.get("lesson_id"),
            points=Fraction(str(question["points"])),
            share=share_of(question, made.get(question["id"], {})),
        )
        for question in questions
        if not made.get(question["id"], {}).get("waits")
    ]


def share_of(question: Mapping[str, Any], made: Mapping[str, Any]) -> Fraction:
    """The part of its points that a question brought; points taken off count as none."""
    most = Fraction(str(question["points"]))
    got = Fraction(str(made.get("points") or 0))
    return max(Fraction(0), min(Fraction(1), got / most)) if most else Fraction(0)


def concepts_missed(attempts: Sequence[Sequence[Lost]], titles: Mapping[int, str]) -> list[Concept]:
    """The concepts missed most, heaviest first. `attempts` oldest first; `titles` of lessons that may be named."""
    weights: dict[str, Fraction] = defaultdict(Fraction)
    missed: dict[str, int] = defaultdict(int)
    learned = _learned(attempts[-1], titles) if attempts else frozenset()
    for number, attempt in enumerate(attempts, start=1):
        for one in attempt:
            for name in _names(one, titles) if one.share < 1 else ():
                weights[name] += one.points * (1 - one.share) * number * (LEARNED if name in learned else 1)
                missed[name] += 1
    found = [Concept(name, weights[name], missed[name]) for name in weights]
    return sorted(found, key=lambda one: (-one.weight, one.name.casefold()))[:MOST]


def lessons_missed(attempts: Sequence[Sequence[Lost]], titles: Mapping[int, str]) -> list[int]:
    """The ids of lessons to look at again, heaviest first; only those that have a title here."""
    weights: dict[int, Fraction] = defaultdict(Fraction)
    for number, attempt in enumerate(attempts, start=1):
        for one in attempt:
            if one.share < 1 and one.lesson_id is not None and one.lesson_id in titles:
                weights[one.lesson_id] += one.points * (1 - one.share) * number
    return sorted(weights, key=lambda key: (-weights[key], key))[:MOST]


def _names(one: Lost, titles: Mapping[int, str]) -> tuple[str, ...]:
    lesson = titles.get(one.lesson_id or 0)
    return one.tags or ((lesson,) if lesson else ())


def _learned(latest: Sequence[Lost], titles: Mapping[int, str]) -> frozenset[str]:
    """Asked in the latest attempt, and nothing of it missed there."""
    asked = {name for one in latest for name in _names(one, titles)}
    return frozenset(asked - {name for one in latest if one.share < 1 for name in _names(one, titles)})
