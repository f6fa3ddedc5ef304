"""The completion report by department: how many people, what they have done, how well (REP-1).

Counted from what is kept per person (`insight/figures`), and from the rows of whoever's does not hold; of a past day
from everybody's rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, func, select

from lmsapp.infra.db import db, plan_for_values
from lmsapp.insight.completion import ReportFilters, enrollment_rows, people_wanted
from lmsapp.insight.completion_beside import Of
from lmsapp.insight.completion_counts import HUNDREDTHS, Counts, added_up, counted, counts_in
from lmsapp.insight.figures.enrolled_reading import Found, kept_counts, kept_counts_on
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentResult(Counts):
    """One department's line. Counts are enrollments, `people` persons."""

    department_id: int | None
    department: str

    @property
    def score(self) -> float | None:
        """The mean of best scores."""
        return self.points / (HUNDREDTHS * self.scored) if self.scored else None


@dataclass(frozen=True, slots=True)
class Summary:
    """The departments, and all of them together."""

    departments: Sequence[DepartmentResult]
    total: DepartmentResult | None


def summary(viewer: Viewer, filters: ReportFilters, now: dt.datetime, *, line_only: bool) -> Summary:
    """The report by department, lowest share first, those without one last, and the whole."""
    plan_for_values()
    found = _found(viewer, filters, now, line_only=line_only)
    results = [_result(*place, counts) for place, counts in found.items() if counts.enrolled]
    return Summary(
        departments=sorted(results, key=lambda one: (_or_last(one.share), one.department.casefold())),
        total=_result(None, "", added_up(results)) if results else None,
    )


def _found(viewer: Viewer, filters: ReportFilters, now: dt.datetime, *, line_only: bool) -> Found:
    wanted = people_wanted(viewer, filters, line_only=line_only)
    kept = None if filters.as_of or filters.statuses else _kept(filters, now, wanted)
    if kept is None:
        return _from_rows(filters, now, wanted, Of(filters.courses))
    found, others = kept
    rest = _from_rows(filters, now, wanted, Of(filters.courses, people=others)) if others else {}
    return {place: added_up(some[place] for some in (found, rest) if place in some) for place in {**found, **rest}}


def _kept(
    filters: ReportFilters, now: dt.datetime, wanted: Sequence[ColumnElement[bool]]
) -> tuple[Found, list[int]] | None:
    return kept_counts_on(filters, wanted, now) if filters.of_some_days else kept_counts(wanted, filters.courses, now)


def _from_rows(filters: ReportFilters, now: dt.datetime, wanted: Sequence[ColumnElement[bool]], of: Of) -> Found:
    row = enrollment_rows(filters, now, of).where(*wanted).subquery("row")
    place = row.c.department_id, func.coalesce(row.c.department, "").label("department")
    people = func.count(func.distinct(row.c.employee_id)).label("people")
    numbers = (column.label(name) for name, column in counted(row).items())
    rows = db.session.execute(select(*place, people, *numbers).group_by(*place))
    return {(one["department_id"], one["department"]): counts_in(one) for one in rows.mappings()}


def _or_last(share: float | None) -> float:
    return 101 if share is None else share


def _result(department_id: int | None, department: str, counts: Counts) -> DepartmentResult:
    return DepartmentResult(**asdict(counts), department_id=department_id, department=department)
