"""A person's enrollments as the completion report counts them, from the very rows of the report, as SQL: to keep them,
and to look whether those kept say so."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from lmsapp.insight.completion import ReportFilters, ReportStatus, day_of_person, enrollment_rows
from lmsapp.insight.completion_beside import Of
from lmsapp.insight.completion_counts import HUNDREDTHS, counted
from lmsapp.insight.figures.enrolled import BY_HAND, SCORED, first_byte
from lmsapp.insight.figures.making import NEVER, Making
from lmsapp.insight.figures.models import FiguresPlace
from lmsapp.people.employees.models import Employee

LAST_DAY = dt.date(9999, 1, 1)
EMPTY = literal(b"", LargeBinary)


def of_enrollments(making: Making) -> Select[*tuple[Any, ...]]:
    """Columns as of EnrolledFigures."""
    row = enrollment_rows(ReportFilters(), making.now, Of(people=making.ids)).subquery("row")
    place, moment = FiguresPlace.place, DateTime(timezone=True)
    points = cast(func.coalesce(row.c.score, 0) * HUNDREDTHS, Integer)
    today = day_of_person(making.now)
    return (
        select(
            Employee.id.label("employee_id"),
            literal(making.now, moment).label("made_at"),
            func.coalesce(func.min(row.c.falls_due_at), literal(NEVER, moment)).label("until"),
            today.label("first_day"),
            func.coalesce(func.min(row.c.last_day), literal(LAST_DAY, Date)).label("last_day"),
            *(column.label(name) for name, column in counted(row).items()),
            _text(func.set_byte(literal(b"\0", LargeBinary), 0, _byte(row)), place).label("states"),
            _text(func.int4send(points), place).label("points_by_course"),
        )
        .select_from(Employee)
        .outerjoin(FiguresPlace, true())
        .outerjoin(row, and_(row.c.employee_id == Employee.id, row.c.course_id == FiguresPlace.course_id))
        .where(making.theirs(Employee.id))
        .group_by(Employee.id)
    )


def _byte(row: Subquery) -> ColumnElement[int]:
    first = case({status.value: first_byte(status) for status in ReportStatus}, value=row.c.status)
    more = case((row.c.score.is_not(None), SCORED), else_=0) + case((row.c.by_hand, BY_HAND), else_=0)
    return func.coalesce(first + more, 0, type_=Integer)


def _text(part: Any, place: Any) -> ColumnElement[bytes]:
    found = func.string_agg(part, aggregate_order_by(EMPTY, place)).filter(place.is_not(None))
    return func.coalesce(found, EMPTY, type_=LargeBinary)
