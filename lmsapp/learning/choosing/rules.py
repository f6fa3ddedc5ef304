"""Filters, counts and order of the catalogue, and which suggestions come first. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from lmsapp.learning.reviews.rules import Rating

FEWEST = 2  # colleagues; one alone is no recommendation and would name somebody
NONE = "none"  # as a status: not enrolled
# Per cent of nothing: the bounds are minutes, both inclusive.
LENGTHS: dict[str, tuple[int, int]] = {"15": (0, 15), "30": (16, 30), "60": (31, 60), "more": (61, 10**9)}
SORTS = ("relevance", "newest", "rated", "taken", "title")


class ChoiceKind(StrEnum):
    """What somebody can say of a course without taking it."""

    NOT_INTERESTED = "not interested"
    NO_REVIEW = "no review"


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked of the catalogue. Within one filter any of its values will do; an empty one narrows nothing."""

    kind: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    length: tuple[str, ...] = ()
    must: tuple[str, ...] = ()  # 'yes', 'no'
    valid: tuple[str, ...] = ()  # 'yes': completing it gives a certificate that expires; 'no': it counts for good
    status: tuple[str, ...] = ()  # one's own: a standard status, or NONE
    topic: tuple[str, ...] = ()

    @property
    def active(self) -> int:
        """How many filters are set."""
        return sum(bool(getattr(self, name)) for name in FACETS)


FACETS = tuple(one.name for one in fields(Filters))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A published course as the filters see it. `taken` by how many; `rank` of the search, 0 without one."""

    id: int
    title: str
    kind: str
    language: str
    minutes: int
    mandatory: bool
    validity_months: int | None
    published_at: dt.datetime | None
    topics: Sequence[str] = ()
    status: str = NONE
    rating: Rating = field(default_factory=Rating)
    taken: int = 0
    rank: float = 0.0

    def values(self, facet: str) -> Collection[str]:
        """What the course is in that facet; topics are the only one with several."""
        return TELLS[facet](self)


TELLS: Mapping[str, Callable[[Candidate], Collection[str]]] = {
    "kind": lambda one: (one.kind,),
    "language": lambda one: (one.language,),
    "length": lambda one: (length_of(one.minutes),),
    "must": lambda one: ("yes" if one.mandatory else "no",),
    "valid": lambda one: ("yes" if one.validity_months else "no",),
    "status": lambda one: (one.status,),
    "topic": lambda one: one.topics,
}


def length_of(minutes: int) -> str:
    """The key in LENGTHS."""
    return next(key for key, (least, most) in LENGTHS.items() if least <= minutes <= most)


def fits(one: Candidate, filters: Filters, but: str = "") -> bool:
    """Whether the course passes every filter, `but` left out."""
    for facet in FACETS:
        wanted = getattr(filters, facet)
        if wanted and facet != but and not set(wanted) & set(one.values(facet)):
            return False
    return True


def counts(candidates: Iterable[Candidate], filters: Filters) -> dict[str, Counter[str]]:
    """How many courses each value of each facet would show, with the other filters as they are."""
    found: dict[str, Counter[str]] = {facet: Counter() for facet in FACETS}
    for one in candidates:
        for facet in FACETS:
            if fits(one, filters, facet):
                found[facet].update(set(one.values(facet)))
    return found


def in_order(candidates: Iterable[Candidate], sort: str) -> list[Candidate]:
    """Relevance is that of the search; without one, what is asked for most stands first. Ties by title."""
    keys: dict[str, Callable[[Candidate], Any]] = {
        "relevance": lambda one: (-one.rank, -one.taken),
        "newest": lambda one: -(one.published_at.timestamp() if one.published_at else 0.0),
        "rated": lambda one: (-one.rating.weight, -one.rating.reviews),
        "taken": lambda one: -one.taken,
        "title": lambda one: 0,
    }
    key = keys[sort]
    return sorted(candidates, key=lambda one: (key(one), one.title.casefold(), one.id))


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A course that `took` of `colleagues` completed. `why`: 'department', 'job role' (`name` says which), or
    'together': they completed the course `name`, as the viewer did; `colleagues` is then how many did."""

    course_id: int
    title: str
    minutes: int
    took: int
    colleagues: int
    why: str
    name: str


def suggested(
    reasons: Sequence[Sequence[Suggestion]], *, without: Collection[int], fewest: int, most: int
) -> list[Suggestion]:
    """The best of each list in turn, each course once. Fewer than `fewest` colleagues would be named by it."""
    queues = [[one for one in each if one.course_id not in without and one.took >= fewest] for each in reasons]
    chosen: dict[int, Suggestion] = {}
    while any(queues) and len(chosen) < most:
        for queue in queues:
            fresh = next((one for one in queue if one.course_id not in chosen), None)
            queue[:] = [one for one in queue if fresh is not None and one is not fresh]
            if fresh is not None and len(chosen) < most:
                chosen[fresh.course_id] = fresh
    return list(chosen.values())
