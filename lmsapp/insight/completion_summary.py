"""The completion report by department: how many people, what they have done, how well (REP-1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Float, cast, func, select, tuple_

from lmsapp.infra.db import db, plan_for_values
from lmsapp.insight.completion import ReportFilters, ReportStatus, completion_rows
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class DepartmentResult:
    """One department's line. Counts are enrollments, `people` persons; `score` is the mean of best scores.

    `completed` are valid today, those of `renewal_required` included.
    """

    department_id: int | None
    department: str
    people: int
    enrolled: int
    completed: int
    in_progress: int
    not_started: int
    overdue: int
    renewal_required: int
    expired: int
    by_hand: int
    score: float | None

    @property
    def share(self) -> float:
        """Completed, per cent of enrolled."""
        return 100 * self.completed / self.enrolled


@dataclass(frozen=True, slots=True)
class Summary:
    """The departments, and all of them together."""

    departments: Sequence[DepartmentResult]
    total: DepartmentResult | None


COUNTED: dict[str, tuple[ReportStatus, ...]] = {
    "completed": (ReportStatus.COMPLETED, ReportStatus.RENEWAL_REQUIRED),
    "in_progress": (ReportStatus.IN_PROGRESS,),
    "not_started": (ReportStatus.NOT_STARTED,),
    "overdue": (ReportStatus.OVERDUE,),
    "renewal_required": (ReportStatus.RENEWAL_REQUIRED,),
    "expired": (ReportStatus.EXPIRED,),
}


def summary(viewer: Viewer, filters: ReportFilters, now: dt.datetime, *, line_only: bool) -> Summary:
    """The report by department, lowest share first, and the whole. One statement."""
    plan_for_values()
    row = completion_rows(viewer, filters, now, line_only=line_only).subquery()
    found = db.session.execute(
        select(
            func.grouping(row.c.department).label("whole"),
            row.c.department_id,
            func.coalesce(row.c.department, "").label("department"),
            func.count(func.distinct(row.c.employee_id)).label("people"),
            func.count().label("enrolled"),
            *(func.count().filter(row.c.status.in_(statuses)).label(name) for name, statuses in COUNTED.items()),
            func.count().filter(row.c.by_hand).label("by_hand"),
            cast(func.avg(row.c.score), Float).label("score"),
        ).group_by(func.grouping_sets(tuple_(row.c.department_id, row.c.department), tuple_()))
    )
    results = [
        (row["whole"], DepartmentResult(**{k: v for k, v in row.items() if k != "whole"})) for row in found.mappings()
    ]
    return Summary(
        departments=sorted((d for whole, d in results if not whole), key=lambda d: (d.share, d.department.casefold())),
        total=next((d for whole, d in results if whole and d.enrolled), None),
    )
