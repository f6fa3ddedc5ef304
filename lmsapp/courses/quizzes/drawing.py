"""Which questions an attempt asks, in which order, under which keys: fixed at its start (QIZ-2, QIZ-3). Pure.

Everything follows from a seed by digest, not by `random`: the same in every Python. Options get new keys by the place
they are shown at, so that a key says nothing about what the author wrote first; `of` keeps the key in the bank.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from string import ascii_lowercase
from typing import Any

from lmsapp.courses.quizzes.rules import Asked, QuestionKind


@dataclass(frozen=True, slots=True)
class Draw:
    """So many questions of a pool, each worth `points`. `questions`: those of the pool with the tag asked for."""

    id: int
    pool_id: int
    pool: str
    tag: str
    count: int
    points: Decimal
    questions: tuple[Asked, ...]

    @property
    def drawn(self) -> int:
        """How many can be drawn."""
        return min(self.count, len(self.questions))


def lacking(draws: Sequence[tuple[int, Collection[int]]]) -> tuple[int, ...]:
    """Which of the draws may find too few, because those before them took from the same questions.

    `draws`: (how many, ids of the questions to draw from) in order; places in that order, from 0.
    """
    found = []
    for place, (count, ids) in enumerate(draws):
        here = set(ids)
        taken = sum(min(other, len(here & set(theirs))) for other, theirs in draws[:place])
        if len(here) - min(taken, len(here)) < count:
            found.append(place)
    return tuple(found)


def asked_for(
    questions: Sequence[Asked], draws: Sequence[Draw], seed: str | int, *, shuffle: bool
) -> list[dict[str, Any]]:
    """The questions of one attempt: the fixed ones and those drawn, none twice; as the submission keeps them."""
    chosen = [dict(one) for one in questions]
    taken = {one["id"] for one in chosen}
    for draw in draws:
        free = [one for one in draw.questions if one["id"] not in taken]
        for one in sorted(free, key=lambda one: _place(seed, "draw", one["id"]))[: draw.count]:
            taken.add(one["id"])
            chosen.append({**one, "points": format(draw.points.normalize(), "f"), "pool": draw.pool})
    if shuffle:
        chosen.sort(key=lambda one: _place(seed, one["id"]))
    return [shown(one, seed, shuffle=shuffle) for one in chosen]


def shown(question: Asked, seed: str | int, *, shuffle: bool = True) -> dict[str, Any]:
    """One question with its parts in the order shown and under new keys.

    True and false stay as they are; what is to be put in order or matched is always mixed.
    """
    kind, options = QuestionKind(question["kind"]), list(question["options"])
    if kind is QuestionKind.ORDERING:
        options = [{**one, "place": place} for place, one in enumerate(options)]
    if kind is QuestionKind.ORDERING or (shuffle and kind is not QuestionKind.TRUE_FALSE):
        options = _mixed(options, seed, question["id"], "option")
    found = {**question, "options": [_renamed(one, key) for one, key in _with_keys(options)]}
    if kind is QuestionKind.MATCHING:
        matches = _mixed(question["detail"]["matches"], seed, question["id"], "match")
        found["matches"] = [_renamed(one, key) for one, key in _with_keys(matches)]
        now = {one["of"]: one["key"] for one in found["matches"]}
        found["options"] = [{**one, "match": now[one["match"]]} for one in found["options"]]
    return found


def _renamed(part: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {**part, "key": key, "of": part["key"]}


def _with_keys(parts: Sequence[Mapping[str, Any]]) -> Iterable[tuple[Mapping[str, Any], str]]:
    return zip(parts, ascii_lowercase, strict=False)


def _mixed(parts: Iterable[Mapping[str, Any]], *of: object) -> list[Mapping[str, Any]]:
    return sorted(parts, key=lambda one: _place(*of, one["key"]))


def _place(*parts: object) -> bytes:
    return hashlib.sha256(":".join(map(str, parts)).encode()).digest()
