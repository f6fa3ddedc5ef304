"""What a path asks, what is locked by what, and how far somebody is (CRS-4). Pure.

A course stands in a path once, so items go by the course's id. Two properties hold, and are tested: completing more
never locks anything nor lowers progress, and 100 per cent means complete and nothing else does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any


class PathStatus(StrEnum):
    """Life cycle, as of a course (CRS-2)."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class Ordering(StrEnum):
    """FREE: everything is open. IN_ORDER: each opens after the required ones before it. GATED: as each item says."""

    FREE = "free"
    IN_ORDER = "in order"
    GATED = "gated"


class Role(StrEnum):
    """REQUIRED counts. ELECTIVE: so many of them count as the path says. OPTIONAL never counts."""

    REQUIRED = "required"
    ELECTIVE = "elective"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class Item:
    """One course of a path. `needs`: courses after which it opens; `needed` of them, None: all. For a GATED path."""

    course_id: int
    title: str = ""
    role: Role = Role.REQUIRED
    section: str = ""
    needs: tuple[int, ...] = ()
    needed: int | None = None


@dataclass(frozen=True, slots=True)
class Locked:
    """Why an item is locked: `count` more of the courses `needs`. `all_of`: every one of them."""

    needs: tuple[int, ...]
    count: int

    @property
    def all_of(self) -> bool:
        """Whether each of them has to be completed."""
        return self.count >= len(self.needs)


@dataclass(frozen=True, slots=True)
class Asked:
    """A version of a path: items in order. `version` 0: a draft."""

    ordering: Ordering
    electives: int
    items: tuple[Item, ...] = ()
    title: str = ""
    version: int = 0
    sha256: str = ""

    @classmethod
    def from_json(cls, content: Mapping[str, Any], version: int = 0, sha256: str = "") -> Asked:
        """From a row of `path_version`; what an item needs in the order of the path."""
        order = {one["course_id"]: place for place, one in enumerate(content["items"])}
        items = tuple(
            Item(
                course_id=one["course_id"],
                title=one["title"],
                role=Role(one["role"]),
                section=one["section"],
                needs=tuple(sorted(one["needs"], key=order.__getitem__)),
                needed=one["needed"],
            )
            for one in content["items"]
        )
        path = content["path"]
        return cls(Ordering(path["ordering"]), path["electives"], items, path["title"], version, sha256)

    def as_json(self) -> dict[str, Any]:
        """As `path_version` keeps it."""
        return {
            "path": {"title": self.title, "ordering": self.ordering.value, "electives": self.electives},
            "items": [
                {
                    "course_id": one.course_id,
                    "title": one.title,
                    "role": one.role.value,
                    "section": one.section,
                    "needs": sorted(one.needs),
                    "needed": one.needed,
                }
                for one in self.items
            ],
        }

    def asks_as(self, other: Asked) -> bool:
        """Whether both ask the same of everybody, whatever the courses are called."""
        plain = tuple(replace(one, title="", section="") for one in self.items)
        there = tuple(replace(one, title="", section="") for one in other.items)
        return (self.ordering, self.electives, plain) == (other.ordering, other.electives, there)

    def looks_as(self, other: Asked) -> bool:
        """Whether learners would see no difference at all."""
        sections = [one.section for one in self.items] == [one.section for one in other.items]
        return sections and self.asks_as(other)

    @property
    def course_ids(self) -> tuple[int, ...]:
        """In order."""
        return tuple(one.course_id for one in self.items)

    def of_role(self, role: Role) -> tuple[int, ...]:
        """The courses of that role, in order."""
        return tuple(one.course_id for one in self.items if one.role is role)

    def needs_of(self, item: Item) -> tuple[tuple[int, ...], int]:
        """(courses, how many of them) after which the item opens, by the path's order; ((), 0) where it is open."""
        if self.ordering is Ordering.FREE:
            return (), 0
        if self.ordering is Ordering.GATED:
            needed = len(item.needs) if item.needed is None else min(item.needed, len(item.needs))
            return item.needs, needed
        before = self.items[: self.items.index(item)]
        needs = tuple(one.course_id for one in before if one.role is Role.REQUIRED)
        return needs, len(needs)

    def without(self, gone: Collection[int]) -> Asked:
        """The same without some courses: they are neither asked for nor waited for."""
        if not gone:
            return self
        left = tuple(
            replace(one, needs=tuple(need for need in one.needs if need not in gone))
            for one in self.items
            if one.course_id not in gone
        )
        return replace(self, items=left)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far somebody is: `have` of `need` courses that count, and what is locked by what, by course."""

    have: int
    need: int
    locked: Mapping[int, Locked] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """A path that asks for nothing is never complete."""
        return self.need > 0 and self.have >= self.need

    @property
    def progress(self) -> int:
        """Per cent: 100 means complete and nothing else does."""
        return self.have * 100 // self.need if self.need else 0


def standing(asked: Asked, completed: Collection[int]) -> Standing:
    """Hold what is completed (courses) against the path."""
    done = set(completed)
    required, electives = set(asked.of_role(Role.REQUIRED)), set(asked.of_role(Role.ELECTIVE))
    chosen = min(asked.electives, len(electives))
    have = len(required & done) + min(chosen, len(electives & done))
    return Standing(have, len(required) + chosen, locked(asked, done))


def locked(asked: Asked, completed: Collection[int]) -> dict[int, Locked]:
    """What is locked, by course, with what is missing. What is completed itself is never locked."""
    found: dict[int, Locked] = {}
    for item in asked.items:
        needs, count = asked.needs_of(item)
        left = tuple(one for one in needs if one not in completed)
        short = count - (len(needs) - len(left))
        if short > 0 and item.course_id not in completed:
            found[item.course_id] = Locked(left, short)
    return found


def stages(asked: Asked) -> list[tuple[Item, ...]]:
    """The items by when they can open, first those that are open from the start. What waits in a circle is last."""
    stage: dict[int, int] = {}
    left = list(asked.items)
    while left:
        ready = [one for one in left if _opens_by(asked, one, stage)]
        if not ready:
            break
        number = max(stage.values(), default=0) + 1
        stage |= {one.course_id: number for one in ready}
        left = [one for one in left if one.course_id not in stage]
    rows = [
        tuple(one for one in asked.items if stage.get(one.course_id) == number)
        for number in range(1, max(stage.values(), default=0) + 1)
    ]
    return [*rows, tuple(left)] if left else rows


def _opens_by(asked: Asked, item: Item, stage: Collection[int]) -> bool:
    needs, count = asked.needs_of(item)
    return sum(one in stage for one in needs) >= count


def expires_on(asked: Asked, valid_until: Mapping[int, dt.date | None]) -> dt.date | None:
    """A path's credential lasts as long as everything it stands on; None: for ever.

    `valid_until` by course, for completed ones; None there: for ever. Of more electives than are asked for, those that
    last longest count; optional courses never shorten it.
    """
    required = [valid_until[one] or dt.date.max for one in asked.of_role(Role.REQUIRED) if one in valid_until]
    electives = [valid_until[one] or dt.date.max for one in asked.of_role(Role.ELECTIVE) if one in valid_until]
    counted = required + sorted(electives, reverse=True)[: asked.electives]
    first = min(counted, default=dt.date.max)
    return None if first == dt.date.max else first
