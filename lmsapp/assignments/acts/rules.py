"""What is done to many, and what can come of it. Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from lmsapp.assignments.policies.rules import ToWhom
from lmsapp.infra.words import N_, RuleBroken

MOST = 20_000  # in one go, by the worker
KEPT_DAYS = 90  # what came of each; that it was done stays on the trail

REMINDED = N_("Reminded %(time)s")
REMINDED_TODAY = N_("Reminded today already")
MOVED = N_("Due date moved to %(day)s")
DUE_THEN = N_("Due on %(day)s already")
TOLD = N_("%(name)s will be told")
TOLD_TODAY = N_("Escalated today already")
ASSIGNED = N_("“%(title)s” assigned")
HAS_IT = N_("Has “%(title)s” already")
GONE = N_("Does not work here any more")
NOT_OPEN = N_("This is not open any more.")
NOT_YOURS = N_("This person is not on your line any more.")


class Act(StrEnum):
    """What is done. ASSIGN: another course to the people, each once; the others to each assignment."""

    REMIND = "remind"
    EXTEND = "extend"
    ESCALATE = "escalate"
    ASSIGN = "assign"


class ActState(StrEnum):
    """Of the work; cancelled: called off, and what was done stays done."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = (ActState.WAITING, ActState.RUNNING)


class Result(StrEnum):
    """Of one assignment. left: it was so already; refused: a rule forbids it."""

    WAITING = "waiting"
    DONE = "done"
    LEFT = "left"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Came:
    """What came of one, in words (N_) with their values: 'time' is an instant, 'day' a date."""

    result: Result
    message: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @staticmethod
    def of(broken: RuleBroken) -> Came:
        """Refused."""
        return Came(Result.REFUSED, broken.message, broken.values)

    def plain(self) -> dict[str, str]:
        """The values as a row keeps them."""
        days = {name: value.isoformat() for name, value in self.values.items() if isinstance(value, dt.date)}
        return {name: str(value) for name, value in self.values.items()} | days


@dataclass(frozen=True, slots=True)
class Terms:
    """`due_on`: for EXTEND and ASSIGN; `to_whom`: for ESCALATE; `reason`: for EXTEND and ESCALATE; `course_id`, its
    `title` as it was asked for, and `note`: for ASSIGN."""

    act: Act
    due_on: dt.date | None = None
    to_whom: ToWhom | None = None
    reason: str = ""
    course_id: int | None = None
    title: str = ""
    note: str = ""

    def kept(self) -> dict[str, str]:
        """As a row keeps them."""
        found = {
            "due_on": self.due_on.isoformat() if self.due_on else "",
            "to_whom": self.to_whom or "",
            "course_id": self.course_id or "",
            "title": self.title,
            "note": self.note.strip(),
            "reason": self.reason.strip(),
        }
        return {name: str(value) for name, value in found.items() if value}

    @classmethod
    def read(cls, act: str, kept: Mapping[str, str]) -> Terms:
        """From a row."""
        due_on, to_whom, course_id = kept.get("due_on"), kept.get("to_whom"), kept.get("course_id")
        return cls(
            Act(act),
            dt.date.fromisoformat(due_on) if due_on else None,
            ToWhom(to_whom) if to_whom else None,
            kept.get("reason", ""),
            int(course_id) if course_id else None,
            kept.get("title", ""),
            kept.get("note", ""),
        )


def digest_of(terms: Terms, ids: Sequence[int]) -> str:
    """The same for the same done to the same."""
    said = [terms.act.value, sorted(terms.kept().items()), sorted(ids)]
    return hashlib.sha256(repr(said).encode()).hexdigest()
