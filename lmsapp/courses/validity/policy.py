"""What an author decides about how long a completion counts (CRS-6), checked. Pure.

A course keeps `validity_months` and `renewal_months` as columns and the rest as `validity_terms`, a JSON object in
which what is left out has the default below: the meaning courses had before there were terms.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from lmsapp.infra.words import N_, RuleBroken

LONGEST = 240  # months
LEAD_DAYS = 60  # story 3: people are flagged 60 days before they lapse
WITHIN_DAYS = 90
MOST_GRACE = 180
MOST_WITHIN = 300
SHORTEST_MONTH, SHORTEST_YEAR = 28, 365


class Basis(StrEnum):
    """From where the months are counted."""

    COMPLETION = "completion"
    PREVIOUS = "previous expiry"
    FIXED = "fixed date"


class Late(StrEnum):
    """From where a completion after the grace is counted; asked where it is aligned to the previous expiry."""

    COMPLETION = "completion"
    PREVIOUS = "previous expiry"


class Unit(StrEnum):
    """Of the lead."""

    DAYS = "days"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Policy:
    """How long a completion counts. `months` None: for good.

    `lead` days or months before the expiry the renewal window opens. 'Renewal Required' begins at the age of
    `renewal_months`, or `renewal_days` before the expiry; neither: there is no such status. With a fixed date
    (`fixed_month`, `fixed_day`) `months` are whole years, and a completion up to `fixed_within` days before that
    date counts for the year after. `assign`: the renewal is assigned when the window opens.
    """

    months: int | None = None
    renewal_months: int | None = None
    renewal_days: int | None = None
    basis: Basis = Basis.COMPLETION
    lead: int = LEAD_DAYS
    lead_unit: Unit = Unit.DAYS
    grace_days: int = 0
    late: Late = Late.COMPLETION
    fixed_month: int = 12
    fixed_day: int = 31
    fixed_within: int = WITHIN_DAYS
    assign: bool = True

    @classmethod
    def of(cls, months: int | None, renewal_months: int | None, terms: Mapping[str, Any]) -> Policy:
        """From what a course keeps. Terms left out have their defaults; unknown ones are passed over."""
        kept = {name: terms[name] for name in TERMS if name in terms}
        if months is None:
            kept = {}
        for name, kind in (("basis", Basis), ("late", Late), ("lead_unit", Unit)):
            if name in kept:
                kept[name] = kind(kept[name])
        if "lead" not in kept and months is not None:
            kept["lead"] = min(LEAD_DAYS, months * SHORTEST_MONTH // 2)
        return cls(months=months, renewal_months=renewal_months, **kept)

    def terms(self) -> dict[str, Any]:
        """What `validity_terms` keeps; nothing where a completion counts for good."""
        if self.months is None:
            return {}
        kept = asdict(self)
        return {name: getattr(kept[name], "value", kept[name]) for name in TERMS}

    def terms_said(self) -> dict[str, Any]:
        """Every term, with words for names: for the trail."""
        kept = self.terms()
        return {name.replace("_", " "): kept.get(name) for name in TERMS}

    def check(self) -> None:
        """Raises RuleBroken, naming the field, for what could not be meant."""
        if self.months is None:
            if self.renewal_months is not None or self.renewal_days is not None:
                raise RuleBroken(N_("Renewing must begin before the certification expires."), field="renewal_months")
            return
        if not 1 <= self.months <= LONGEST:
            raise RuleBroken(N_("The validity must lie between 1 and 240 months."), field="validity_months")
        self._check_ahead(self.months)
        if not 0 <= self.grace_days <= MOST_GRACE:
            raise RuleBroken(N_("The grace must lie between 0 and 180 days."), field="grace_days")
        if self.basis is Basis.FIXED:
            self._check_fixed(self.months)

    def _check_ahead(self, months: int) -> None:
        days = months * SHORTEST_MONTH if months < 12 else months // 12 * SHORTEST_YEAR
        if self.renewal_months is not None and self.renewal_days is not None:
            raise RuleBroken(
                N_("Say it in one way: after so many months, or so many days before the expiry."), field="renewal_days"
            )
        if self.renewal_months is not None and not 1 <= self.renewal_months <= months:
            raise RuleBroken(N_("Renewing must begin before the certification expires."), field="renewal_months")
        if self.renewal_days is not None and not 0 <= self.renewal_days < days:
            raise RuleBroken(N_("Renewing must begin after the certification does."), field="renewal_days")
        longest = months if self.lead_unit is Unit.MONTHS else days
        if not 0 <= self.lead < longest:
            raise RuleBroken(N_("The renewal window must be shorter than the certification is valid."), field="lead")

    def _check_fixed(self, months: int) -> None:
        if months % 12:
            raise RuleBroken(
                N_("With a fixed date the validity is in whole years: 12, 24, 36 months …"), field="validity_months"
            )
        try:
            dt.date(2024, self.fixed_month, self.fixed_day)  # a leap year: 29 February is a day
        except ValueError:
            raise RuleBroken(N_("There is no such day."), field="fixed_day") from None
        if not 0 <= self.fixed_within <= MOST_WITHIN:
            raise RuleBroken(N_("Give a number of days from 0 to 300."), field="fixed_within")


TERMS = (
    "renewal_days",
    "basis",
    "lead",
    "lead_unit",
    "grace_days",
    "late",
    "fixed_month",
    "fixed_day",
    "fixed_within",
    "assign",
)
