"""The dates the completion report is asked for: of completion and assignment by the clock of the person, and due dates
(REP-1)."""

from __future__ import annotations

import datetime as dt
from typing import Any
from typing import cast as typed

from sqlalchemy import ColumnElement, Date, Subquery, and_, cast, func, null, or_, select, union_all
from sqlalchemy.orm import aliased

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.learning.enrollments.models import Enrollment

DAY = dt.timedelta(days=1)
EXEMPT = "exempt"  # how such an assignment is closed
FIRST, LAST = dt.date(1900, 1, 1), dt.date(2900, 1, 1)  # what is asked beyond is as good as everything


def date_at(zone: Any, instant: Any) -> ColumnElement[dt.date]:
    """The date of an instant in that time zone, columns or values."""
    return cast(func.timezone(zone, instant), Date)


def on_days(
    since: dt.date | None, until: dt.date | None, at: Any, date: ColumnElement[dt.date]
) -> list[ColumnElement[bool]]:
    """What is of those days, both inclusive, by its instant `at` and its `date` where the person was. The instants come
    first, an index knows those; the date is worked out near the ends alone."""
    wanted = around(since, until, at)
    if since:
        wanted.append(or_(at >= _midnight(since) + DAY, date >= since))
    if until:
        wanted.append(or_(at < _midnight(until), date <= until))
    return wanted


def around(since: dt.date | None, until: dt.date | None, at: Any) -> list[ColumnElement[bool]]:
    """What may be of those days, by its instant: a day begins up to 14 hours before that of UTC, and ends 12 after."""
    wanted: list[ColumnElement[bool]] = []
    if since:
        wanted.append(at >= _midnight(since) - DAY)
    if until:
        wanted.append(at < _midnight(until) + 2 * DAY)
    return wanted


def dated(dates: str, since: dt.date | None, until: dt.date | None) -> Subquery:
    """The enrollments of those dates, see `completion.ReportFilters`: `employee_id`, `course_id`, and `at`, an instant
    whose date where the person is has to be of those days, too; null where nothing has.

    Of its assignments the latest counts that was not cancelled. That there is none later is looked up for each row by
    itself: otherwise all assignments would be put in order."""
    one, enrolled = aliased(TrainingAssignment), Enrollment
    match dates:
        case "due":
            due = select(one.employee_id, one.course_id, null().label("at"))
            found: Any = due.where(one.closed_as.is_(None), *between(since, until, one.due_on), ~_superseded(one))
        case "assigned":
            assigned = select(one.employee_id, one.course_id, one.assigned_at.label("at"))
            by_themselves = select(enrolled.employee_id, enrolled.course_id, enrolled.enrolled_at.label("at"))
            found = union_all(
                assigned.where(stands(one), *around(since, until, one.assigned_at), ~_superseded(one)),
                by_themselves.where(*around(since, until, enrolled.enrolled_at), ~_assigned()),
            )
        case _:
            done = select(enrolled.employee_id, enrolled.course_id, enrolled.completed_at.label("at"))
            found = done.where(*around(since, until, enrolled.completed_at))
    return typed("Subquery", found.subquery("dated"))


def stands(one: Any) -> ColumnElement[bool]:
    """Of TrainingAssignment: it was not cancelled; an exempt one says something of its enrollment."""
    return or_(one.closed_as.is_(None), one.closed_as == EXEMPT)


def _superseded(one: Any) -> ColumnElement[bool]:
    """Most enrollments have one assignment, which an index says without the table."""
    other, later = aliased(TrainingAssignment), aliased(TrainingAssignment)
    another = select(other.id).where(other.enrollment_id == one.enrollment_id, other.id != one.id)
    newer = select(later.id).where(later.enrollment_id == one.enrollment_id, later.id > one.id, stands(later))
    return and_(*(each.correlate(one).offset(0).exists() for each in (another, newer)))


def _assigned() -> ColumnElement[bool]:
    one = aliased(TrainingAssignment)
    found = select(one.id).where(one.enrollment_id == Enrollment.id, stands(one))
    return found.correlate(Enrollment).offset(0).exists()


def between(since: dt.date | None, until: dt.date | None, dated: Any) -> list[ColumnElement[bool]]:
    """The same of a date."""
    return [*([dated >= since] if since else []), *([dated <= until] if until else [])]


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(min(max(day, FIRST), LAST), dt.time(), dt.UTC)
