"""What can be asked for. Pure."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum

from lmsapp.infra.words import N_, RuleBroken

MOST_YEARS = 12
SUBJECTS = {"regulation": re.compile(r"type-[0-9]{1,9}|regulator-.{1,200}")}
NUMBER = re.compile(r"[0-9]{1,9}")


class Scope(StrEnum):
    """Of what: `subject` is the id of a person, course or department, 'type-12' or 'regulator-OSHA'."""

    PERSON = "person"
    COURSE = "course"
    DEPARTMENT = "department"
    REGULATION = "regulation"


class PackState(StrEnum):
    """As the fragment of long work shows them; cancelled: by whoever asked."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"


WHAT = N_("Choose what the pack is about.")
WRONG = {Scope.PERSON: N_("Nobody has this employee number.")}
OPEN = (PackState.WAITING, PackState.RUNNING)


@dataclass(frozen=True, slots=True)
class Terms:
    """Both days belong to it, in the organisation's zone. `personal` False: commitments instead of who it is about."""

    scope: Scope
    subject: str
    since: dt.date
    until: dt.date
    personal: bool = True

    def check(self, today: dt.date) -> None:
        """Raises RuleBroken naming the field."""
        if not SUBJECTS.get(self.scope.value, NUMBER).fullmatch(self.subject):
            raise RuleBroken(WRONG.get(self.scope, WHAT), field=self.scope.value)
        if self.until < self.since:
            raise RuleBroken(N_("The last day comes before the first."), field="until")
        if self.since > today:
            raise RuleBroken(N_("These days are still to come: there is no evidence of them."), field="since")
        if self.until.year - self.since.year > MOST_YEARS:
            raise RuleBroken(N_("At most %(years)s years in one pack."), field="since", years=MOST_YEARS)

    @property
    def regulator(self) -> str | None:
        """'OSHA' of 'regulator-OSHA'."""
        kind, _dash, name = self.subject.partition("-")
        return name if kind == "regulator" else None

    @property
    def number(self) -> int | None:
        """The id in the subject, where there is one."""
        last = self.subject.removeprefix("type-")
        return int(last) if NUMBER.fullmatch(last) else None
