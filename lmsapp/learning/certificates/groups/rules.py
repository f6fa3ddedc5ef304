"""What can be asked for a group, and why somebody has no certificate. Pure (CRT-5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lmsapp.infra.words import N_, RuleBroken

MOST = 5000  # people
KEPT = dt.timedelta(days=30)  # the files; what was asked, and by whom, stays


class Form(StrEnum):
    """What is made: each PDF as it was signed, one file to print, or both."""

    ZIP = "zip"
    PRINT = "print"
    BOTH = "both"


class Why(StrEnum):
    """Why somebody has no certificate here."""

    NOT_COMPLETED = "not completed"
    WAITING = "waiting"
    NOT_AWARDED = "not awarded"
    REVOKED = "revoked"
    NONE_ISSUED = "none issued"
    NO_PDF = "no pdf"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of one course or of one path. Empty filters nothing; `since` and `until`, both inclusive: completed on."""

    course_id: int | None = None
    path_id: int | None = None
    departments: tuple[int, ...] = ()
    audience_id: int | None = None
    since: dt.date | None = None
    until: dt.date | None = None

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Wanted:
        """As the row keeps it."""
        days = {name: dt.date.fromisoformat(kept[name]) if kept.get(name) else None for name in ("since", "until")}
        return cls(kept.get("course_id"), kept.get("path_id"), tuple(kept.get("departments", ())),
                   kept.get("audience_id"), **days)  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """For the row."""
        return {
            "course_id": self.course_id,
            "path_id": self.path_id,
            "departments": list(self.departments),
            "audience_id": self.audience_id,
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
        }


def check(wanted: Wanted) -> None:
    """Raises RuleBroken."""
    if (wanted.course_id is None) == (wanted.path_id is None):
        raise RuleBroken(N_("Choose a course or a learning path."), field="subject")
    if wanted.since and wanted.until and wanted.until < wanted.since:
        raise RuleBroken(N_("The last day is before the first."), field="until")


def why_none(*, completed: bool, evaluation: str | None, revoked: bool) -> Why:
    """Why there is none; the nearest reason first."""
    if not completed:
        return Why.NOT_COMPLETED
    if revoked:
        return Why.REVOKED
    if evaluation == "waiting":
        return Why.WAITING
    return Why.NOT_AWARDED if evaluation == "not awarded" else Why.NONE_ISSUED
