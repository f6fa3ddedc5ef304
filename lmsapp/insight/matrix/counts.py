"""The numbers of the matrix: people, what each choice of each filter would leave, the heads of columns (HRD-7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Text, and_, cast, func, literal, select, true, union_all

from lmsapp.compliance.ledger.expressions import LETTERS, NOT_ASKED
from lmsapp.infra.db import db
from lmsapp.insight.matrix.board import FACETS, Asked, board, conditions, has_letter
from lmsapp.people.organisation.queries import department_tree

WORDS = {"departments": "department_id", "roles": "job_role", "locations": "location", "regions": "region",
         "cohorts": "cohort"}  # fmt: skip
HELD, MISSING = "CER", "NX"


@dataclass(frozen=True, slots=True)
class Head:
    """The numbers of one type over all people the filters leave: by letter, and what follows."""

    letters: Mapping[str, int]

    @property
    def asked(self) -> int:
        """Of whom it is asked, waivers left out, or who hold it."""
        return sum(self.letters[one] for one in HELD + MISSING)

    @property
    def held(self) -> int:
        """Who hold it on that day."""
        return sum(self.letters[one] for one in HELD)

    @property
    def percent(self) -> int | None:
        """Rounded down, so that 100 means everybody; None where nobody is asked."""
        return self.held * 100 // self.asked if self.asked else None


@dataclass(frozen=True, slots=True)
class Counts:
    """`people` are all that the filters leave. By facet: (value, words, how many); statuses by letter. `heads` by type.

    A choice counts what it and all other filters leave.
    """

    people: int
    statuses: Mapping[str, int]
    departments: Sequence[tuple[int, str, int]]
    words: Mapping[str, Sequence[tuple[str, int]]]
    heads: Mapping[int, Head]


def counts_of(asked: Asked) -> Counts:
    """Two statements at any size, one more where departments are chosen."""
    found = _counted(asked)
    ((text, people),) = found["whole"].items()
    kept = {facet: getattr(asked.filters, facet) for facet in WORDS if facet != "departments"}
    return Counts(
        people=people,
        statuses={one: found["statuses"].get(one, 0) for one in LETTERS},
        departments=_with_those_below({int(k): n for k, n in found["departments"].items()}, asked.filters.departments),
        words={name: _worded(found[name], wanted) for name, wanted in kept.items()},
        heads=_heads(asked, text),
    )


def _counted(asked: Asked) -> dict[str, dict[str, int]]:
    """Per facet, value -> people; under 'whole' the one long text of all letters -> people. One statement."""
    lines = board(asked)
    wanted = conditions(asked, lines)
    width = max(asked.columns.width, 1)
    text = func.string_agg(func.rpad(lines.c.states, width, NOT_ASKED), "")
    parts = [select(literal("whole"), func.coalesce(text, ""), func.count()).where(and_(*wanted.values()))]
    for facet, column in WORDS.items():
        value = lines.c[column]
        others = and_(true(), *(one for name, one in wanted.items() if name != facet))
        parts.append(select(literal(facet), cast(value, Text), func.count()).where(others).group_by(value))
    others = and_(true(), *(one for name, one in wanted.items() if name != "statuses"))
    parts += [
        select(literal("statuses"), literal(one), func.count()).where(others, has_letter(lines.c.has, (one,)))
        for one in LETTERS
    ]
    found: dict[str, dict[str, int]] = {name: {} for name in (*FACETS, "whole")}
    for facet, value, number in db.session.execute(union_all(*parts)):
        if value is not None:
            found[facet][value] = number
    return found


def _heads(asked: Asked, text: str) -> dict[int, Head]:
    """Letters counted place by place: every n-th of the text is the letter of one type."""
    heads = {}
    for one in asked.columns.shown:
        column = text[one.place :: asked.columns.width]
        heads[one.id] = Head({letter: column.count(letter) for letter in LETTERS})
    return heads


def _worded(counts: Mapping[str, int], wanted: Sequence[str]) -> list[tuple[str, int]]:
    """Empty words are no choice; what is chosen stays, with nothing left too."""
    known = dict.fromkeys(wanted, 0) | {word: number for word, number in counts.items() if word}
    return sorted(known.items(), key=lambda one: one[0].casefold())


def _with_those_below(counts: Mapping[int, int], wanted: Sequence[int]) -> list[tuple[int, str, int]]:
    """(id, path, how many in it and below) in the order of the tree; what has nothing and is not chosen is left out."""
    tree = department_tree()
    whole: dict[int, int] = dict.fromkeys(wanted, 0)
    for department_id, number in counts.items():
        for unit in tree.line(department_id):
            whole[unit.id] = whole.get(unit.id, 0) + number
    return [(unit.id, tree.words(unit.id), whole[unit.id]) for unit, _depth in tree.in_order() if unit.id in whole]
