"""What a legal hold may say (EVD-6). Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from lmsapp.infra.words import N_, RuleBroken

LONGEST_TITLE = 120
LONGEST_REASON = 1000
LONGEST_NOTE = 2000


class Scope(StrEnum):
    """What lies under it."""

    PERSON = "person"
    COURSE = "course"
    DEPARTMENT = "department"
    TYPE = "type"
    EVERYTHING = "everything"


@dataclass(frozen=True, slots=True)
class HoldFacts:
    """As `LegalHold`."""

    title: str
    reason: str
    scope: Scope
    target_id: int | None = None
    kind: str = ""
    from_on: dt.date | None = None
    until_on: dt.date | None = None


def check_hold(facts: HoldFacts) -> None:
    """Raises RuleBroken naming the field that is wrong."""
    if not facts.title.strip():
        raise RuleBroken(N_("Give the matter a name."), field="title")
    if not facts.reason.strip():
        raise RuleBroken(N_("Say why."), field="reason")
    if (facts.scope is Scope.EVERYTHING) != (facts.target_id is None):
        raise RuleBroken(N_("Choose what lies under the hold."), field="target")
    if facts.from_on and facts.until_on and facts.until_on < facts.from_on:
        raise RuleBroken(N_("The last day is before the first."), field="until_on")
