"""Whether somebody is meant, and which of several descriptions fits best. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST = 500  # values of one kind


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands. `departments`: their own first, then each above it."""

    job_role: str = ""
    departments: tuple[int, ...] = ()
    location: str = ""


@dataclass(frozen=True, slots=True)
class ForWhom:
    """One of each; an empty list does not narrow, all empty means everybody. A department counts with those beneath."""

    job_roles: tuple[str, ...] = ()
    departments: tuple[int, ...] = ()
    locations: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.job_roles or self.departments or self.locations)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any] | None) -> ForWhom:
        """As it is stored; what is missing does not narrow."""
        kept = kept or {}
        return cls(
            tuple(str(one) for one in kept.get("job_roles", ())),
            tuple(int(one) for one in kept.get("departments", ())),
            tuple(str(one) for one in kept.get("locations", ())),
        )

    def as_json(self) -> dict[str, Any]:
        """For storing; sorted, so that the same choice is the same value."""
        kept = {
            "job_roles": sorted(set(self.job_roles))[:MOST],
            "departments": sorted(set(self.departments))[:MOST],
            "locations": sorted(set(self.locations))[:MOST],
        }
        return {name: values for name, values in kept.items() if values}

    def misses(self, place: Place) -> str:
        """'' when the person is meant, else what does not fit: 'department', 'job role' or 'location'."""
        if self.departments and not set(self.departments) & set(place.departments):
            return "department"
        if self.job_roles and place.job_role not in self.job_roles:
            return "job role"
        if self.locations and place.location not in self.locations:
            return "location"
        return ""

    def closeness(self, place: Place) -> tuple[int, int, int]:
        """How closely it fits somebody who is meant: more kinds named, a job role among them, a nearer department."""
        kinds = sum(bool(values) for values in (self.job_roles, self.departments, self.locations))
        steps = [at for at, department in enumerate(place.departments) if department in self.departments]
        return kinds, bool(self.job_roles), -min(steps, default=0)


KEPT_AS = {"job_role": "job_roles", "location": "locations", "department": "departments"}


def followed(kept: Mapping[str, Any], kind: str, before: str | int, after: str | int) -> dict[str, Any] | None:
    """What is stored, with one word or department in the place of another; None when it does not name the old one.

    `kind`: 'job_role', 'location' or 'department'; other words are not stored here.
    """
    name = KEPT_AS.get(kind, "")
    values = list(kept.get(name, ()))
    if before not in values:
        return None
    return {**kept, name: sorted({after if value == before else value for value in values})}


def own_and_above(department: int | None, parents: Mapping[int, int | None]) -> tuple[int, ...]:
    """The department and each above it, nearest first. A circle ends where it began."""
    found: list[int] = []
    while department is not None and department not in found:
        found.append(department)
        department = parents.get(department)
    return tuple(found)


def with_beneath(departments: Iterable[int], parents: Mapping[int, int | None]) -> tuple[int, ...]:
    """The departments and all beneath them."""
    wanted = set(departments)
    return tuple(sorted(one for one in {*parents, *wanted} if wanted & set(own_and_above(one, parents))))


def best_for(place: Place, candidates: Sequence[tuple[int, ForWhom]], default: int | None) -> int | None:
    """The id of the description that fits `place` most closely; those for everybody only as the default says."""
    fitting = [(who.closeness(place), -key) for key, who in candidates if who and not who.misses(place)]
    return -max(fitting)[1] if fitting else default
