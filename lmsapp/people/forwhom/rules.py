"""Whether somebody is meant, and which of several descriptions fits best. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST = 500  # values of one kind
# The names under which it is stored, and what one value is.
KEPT: dict[str, type] = {"job_roles": str, "departments": int, "locations": str, "only_departments": int,
                         "regions": str, "cohorts": str}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands. `departments`: their own first, then each above it."""

    job_role: str = ""
    departments: tuple[int, ...] = ()
    location: str = ""
    region: str = ""
    cohort: str = ""


@dataclass(frozen=True, slots=True)
class ForWhom:
    """One of each; an empty list does not narrow, all empty means everybody.

    A department counts with those beneath; one of `only_departments` without them. Of the two kinds either will do.
    """

    job_roles: tuple[str, ...] = ()
    departments: tuple[int, ...] = ()
    locations: tuple[str, ...] = ()
    only_departments: tuple[int, ...] = ()
    regions: tuple[str, ...] = ()
    cohorts: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in KEPT)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any] | None) -> ForWhom:
        """As it is stored; what is missing does not narrow."""
        kept = kept or {}
        values = {name: tuple(make(one) for one in kept.get(name, ())) for name, make in KEPT.items()}
        return cls(**values)

    def as_json(self) -> dict[str, Any]:
        """For storing; sorted, so that the same choice is the same value."""
        kept = {name: sorted(set(getattr(self, name)))[:MOST] for name in KEPT}
        return {name: values for name, values in kept.items() if values}

    def misses(self, place: Place) -> str:
        """'' when the person is meant, else what does not fit: 'department', 'job role', 'location' ..."""
        if not self._in_department(place):
            return "department"
        for name, allowed, has in (
            ("job role", self.job_roles, place.job_role),
            ("location", self.locations, place.location),
            ("region", self.regions, place.region),
            ("cohort", self.cohorts, place.cohort),
        ):
            if allowed and has not in allowed:
                return name
        return ""

    def _in_department(self, place: Place) -> bool:
        if not self.departments and not self.only_departments:
            return True
        return bool(
            set(self.departments) & set(place.departments) or set(self.only_departments) & set(place.departments[:1])
        )

    def closeness(self, place: Place) -> tuple[int, int, int]:
        """How closely it fits somebody who is meant: more kinds named, a job role among them, a nearer department."""
        kinds = sum(bool(getattr(self, name)) for name in KEPT)
        steps = [at for at, department in enumerate(place.departments) if department in self.departments]
        return kinds, bool(self.job_roles), -min(steps, default=0)


KEPT_AS: dict[str, tuple[str, ...]] = {
    "job_role": ("job_roles",),
    "location": ("locations",),
    "region": ("regions",),
    "cohort": ("cohorts",),
    "department": ("departments", "only_departments"),
}


def followed(kept: Mapping[str, Any], kind: str, before: str | int, after: str | int) -> dict[str, Any] | None:
    """What is stored, with one word or department in the place of another; None when it does not name the old one.

    `kind`: 'job_role', 'location', 'region', 'cohort' or 'department'.
    """
    new = {
        name: sorted({after if value == before else value for value in kept[name]})
        for name in KEPT_AS.get(kind, ())
        if before in kept.get(name, ())
    }
    return {**kept, **new} if new else None


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
