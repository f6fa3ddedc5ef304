"""What the completion report counts of rows, and how counts of different people are added up (REP-1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, FromClause, cast, func

from lmsapp.insight.completion import ReportStatus

STATUSES: dict[str, tuple[ReportStatus, ...]] = {
    "completed": (ReportStatus.COMPLETED, ReportStatus.RENEWAL_REQUIRED),
    "in_progress": (ReportStatus.IN_PROGRESS,),
    "not_started": (ReportStatus.NOT_STARTED,),
    "overdue": (ReportStatus.OVERDUE,),
    "renewal_required": (ReportStatus.RENEWAL_REQUIRED,),
    "expired": (ReportStatus.EXPIRED,),
    "failed": (ReportStatus.FAILED,),
}
HUNDREDTHS = 100


@dataclass(frozen=True, slots=True)
class Counts:
    """Of enrollments, `people` of persons. `scored` have a score; `points` are those added up, in hundredths.

    `completed` are valid today, those of `renewal_required` among them."""

    people: int = 0
    enrolled: int = 0
    completed: int = 0
    in_progress: int = 0
    not_started: int = 0
    overdue: int = 0
    renewal_required: int = 0
    expired: int = 0
    failed: int = 0
    by_hand: int = 0
    scored: int = 0
    points: int = 0

    @property
    def asked(self) -> int:
        """All but those that were withdrawn or are exempt."""
        return self.completed + self.in_progress + self.not_started + self.overdue + self.expired + self.failed

    @property
    def share(self) -> float | None:
        """Completed, per cent of what is asked; None where nothing is."""
        return 100 * self.completed / self.asked if self.asked else None


NAMES = tuple(one.name for one in fields(Counts))
OF_ENROLLMENTS = NAMES[1:]


def counted(row: FromClause) -> dict[str, ColumnElement[Any]]:
    """Of `completion_rows`, all but people, by name; nothing where there is none, as beside an outer join."""
    return {
        "enrolled": func.count(row.c.enrollment_id),
        **{
            name: func.count(row.c.enrollment_id).filter(row.c.status.in_(statuses))
            for name, statuses in STATUSES.items()
        },
        "by_hand": func.count(row.c.enrollment_id).filter(row.c.by_hand),
        "scored": func.count(row.c.score),
        "points": cast(func.coalesce(func.sum(row.c.score), 0) * HUNDREDTHS, BigInteger),
    }


def counts_in(found: Mapping[Any, Any]) -> Counts:
    """From a row that has each by its name; none is 0."""
    return Counts(**{name: int(found[name] or 0) for name in NAMES})


def added_up(counts: Iterable[Counts]) -> Counts:
    """Of different people."""
    together = zip(*([getattr(one, name) for name in NAMES] for one in counts), strict=True)
    return Counts(*(sum(numbers) for numbers in together))
