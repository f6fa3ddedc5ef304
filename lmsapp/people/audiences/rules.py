"""Whether somebody belongs to an audience. Pure and dated; `queries.belongs` is the same as SQL (CRS-5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.forwhom.rules import MOST, ForWhom, Place

LONGEST_NAME = 100
LONGEST_WITHIN = 3660  # days


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody's record, as far as rules ask. `today` is the date where they are."""

    employee_id: int
    place: Place
    hired_on: dt.date | None
    active: bool
    today: dt.date


@dataclass(frozen=True, slots=True)
class AudienceRule:
    """Who belongs: everybody, or whoever meets all conditions; `include` besides, `exclude` never.

    `hired_from` and `hired_until` are days that count themselves. `hired_within_days` 90: hired at most 90 days ago,
    or to begin later. Whoever has no day of hire meets none of these.
    """

    everybody: bool = False
    who: ForWhom = field(default_factory=ForWhom)
    hired_from: dt.date | None = None
    hired_until: dt.date | None = None
    hired_within_days: int | None = None
    include: tuple[int, ...] = ()
    exclude: tuple[int, ...] = ()

    @property
    def conditions(self) -> bool:
        """Whether anything is asked of the record."""
        return bool(self.who) or self.asks_hire_date

    @property
    def asks_hire_date(self) -> bool:
        """Whether the day of hire counts."""
        return (self.hired_from, self.hired_until, self.hired_within_days) != (None, None, None)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> AudienceRule:
        """As it is stored; the words of `forwhom` stand beside the rest, so that renaming finds them."""
        return cls(
            everybody=bool(kept.get("everybody")),
            who=ForWhom.from_json(kept),
            hired_from=_day(kept.get("hired_from")),
            hired_until=_day(kept.get("hired_until")),
            hired_within_days=kept.get("hired_within_days"),
            include=tuple(kept.get("include", ())),
            exclude=tuple(kept.get("exclude", ())),
        )

    def as_json(self) -> dict[str, Any]:
        """For storing: what says nothing is left out, and the same rule is the same value."""
        kept: dict[str, Any] = {
            "everybody": self.everybody,
            **self.who.as_json(),
            "hired_from": self.hired_from.isoformat() if self.hired_from else None,
            "hired_until": self.hired_until.isoformat() if self.hired_until else None,
            "hired_within_days": self.hired_within_days,
            "include": sorted(set(self.include)),
            "exclude": sorted(set(self.exclude)),
        }
        return {name: value for name, value in kept.items() if value not in (None, False, [])}

    def takes(self, one: Candidate) -> bool:
        """Whether they belong today. Who left belongs to nothing."""
        if not one.active or one.employee_id in self.exclude:
            return False
        return one.employee_id in self.include or self.everybody or (self.conditions and self._met(one))

    def check(self) -> None:
        """Raises RuleBroken for a rule that means nobody, contradicts itself or is too long."""
        if self.everybody and self.conditions:
            words = N_("Everybody is ticked, so nothing else can narrow it. Take one of the two away.")
            raise RuleBroken(words, field="everybody")
        if not (self.everybody or self.conditions or self.include):
            raise RuleBroken(N_("Choose at least one condition, or tick everybody."), field="everybody")
        if self.hired_from and self.hired_until and self.hired_from > self.hired_until:
            raise RuleBroken(N_("The first day of hire lies after the last one."), field="hired_until")
        if self.hired_within_days is not None and not 0 < self.hired_within_days <= LONGEST_WITHIN:
            raise RuleBroken(N_("Choose between 1 and 3660 days."), field="hired_within_days")
        if set(self.include) & set(self.exclude):
            raise RuleBroken(N_("Somebody is both added and left out."), field="exclude")
        if max(len(self.include), len(self.exclude)) > MOST:
            raise RuleBroken(N_("Name at most %(n)s single people."), field="include", n=MOST)

    def _met(self, one: Candidate) -> bool:
        return not self.who.misses(one.place) and (not self.asks_hire_date or self._hired_then(one))

    def _hired_then(self, one: Candidate) -> bool:
        hired = one.hired_on
        if hired is None:
            return False
        within = self.hired_within_days
        return (
            (self.hired_from is None or hired >= self.hired_from)
            and (self.hired_until is None or hired <= self.hired_until)
            and (within is None or hired >= one.today - dt.timedelta(days=within))
        )


def clean_name(name: str) -> str:
    """With single blanks. Raises RuleBroken for none, and for one too long."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise RuleBroken(N_("Give it a name of at most %(n)s characters."), field="name", n=LONGEST_NAME)
    return name


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
