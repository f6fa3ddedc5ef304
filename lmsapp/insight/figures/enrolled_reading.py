"""Kept counts of the completion report, by department; and whose have to be counted from the rows.

One statement gives both, so that nobody is counted twice or not at all while a sweep makes figures anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import CTE, ColumnElement, FromClause, LargeBinary, Select, Subquery, and_, case, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from lmsapp.infra.db import IN_BINARY, db
from lmsapp.insight.completion import ReportFilters, day_of_person
from lmsapp.insight.completion_beside import Of
from lmsapp.insight.completion_counts import OF_ENROLLMENTS, Counts, counts_in
from lmsapp.insight.completion_dates import date_at, dated, on_days
from lmsapp.insight.figures.enrolled import POINTS_BYTES, counts_of
from lmsapp.insight.figures.models import EnrolledFigures, FiguresPlace, FiguresTouched
from lmsapp.people.employees.models import Department, Employee

Place = tuple[int | None, str]  # a department and its name
Found = dict[Place, Counts]
Statement = Select[*tuple[Any, ...]]
EMPTY = literal(b"", LargeBinary)
TEXTS = ("states", "points_by_course")


def kept_counts(
    wanted: Sequence[ColumnElement[bool]], courses: Sequence[int], now: dt.datetime
) -> tuple[Found, list[int]] | None:
    """Of the employees `wanted` says, in all courses or these; and of whom nothing is kept that holds. None: nobody's
    holds."""
    columns = _bytes(courses) if courses else {name: getattr(EnrolledFigures, name) for name in OF_ENROLLMENTS}
    person = _people(wanted, now, **columns).offset(0).subquery("person")  # so that each is looked at once
    if not courses:
        return _by_department(person, person, _summed(person), counts_in)
    return _by_department(person, person, _joined(person, courses), _counts_of_bytes)


def kept_counts_on(
    filters: ReportFilters, wanted: Sequence[ColumnElement[bool]], now: dt.datetime
) -> tuple[Found, list[int]] | None:
    """The same of what was completed, due or assigned on the days of these filters."""
    texts = {name: getattr(EnrolledFigures, name) for name in TEXTS}
    person = _people(wanted, now, Employee.time_zone, **texts).cte("person").prefix_with("MATERIALIZED")
    found = _on_those_days(person, filters)
    whose = person.join(found, found.c.id == person.c.id)
    return _by_department(person, whose, [func.count().label("people"), *_together(found)], _counts_of_each)


def _people(wanted: Sequence[ColumnElement[bool]], now: dt.datetime, *more: Any, **kept: Any) -> Statement:
    """One row each: `id`, `department_id`, `department`, `kept`, whether their figures hold, and what these are."""
    return (
        select(
            Employee.id,
            Employee.department_id,
            func.coalesce(Department.name, "").label("department"),
            func.coalesce(holds(now), False).label("kept"),
            *more,
            *(column.label(name) for name, column in kept.items()),
        )
        .outerjoin(EnrolledFigures, in_their_time(now))
        .outerjoin(Department, Department.id == Employee.department_id)
        .where(*wanted)
    )


def _on_those_days(person: CTE, filters: ReportFilters) -> Subquery:
    """By person, the bytes of what is asked for. Who has it in a course that has no place yet is among them: theirs do
    not hold."""
    place, points = FiguresPlace.place, (POINTS_BYTES * FiguresPlace.place + 1, POINTS_BYTES)
    one = dated(filters.dates, filters.since, filters.until)
    found = select(
        person.c.id,
        func.substring(person.c.states, place + 1, 1, type_=LargeBinary).label("states"),
        func.substring(person.c.points_by_course, *points, type_=LargeBinary).label("points_by_course"),
    )
    found = found.join(one, one.c.employee_id == person.c.id)
    found = found.outerjoin(FiguresPlace, FiguresPlace.course_id == one.c.course_id)
    found = found.where(*Of(filters.courses).among(one.c.course_id, None, None))
    if filters.dates != "due":
        date = date_at(person.c.time_zone, one.c.at)
        found = found.where(*on_days(filters.since, filters.until, one.c.at, date))
    # The offset has single bytes put together, and not whole texts.
    each = found.offset(0).subquery("each")
    return select(each.c.id, *_together(each)).group_by(each.c.id).subquery("found")


def _by_department(
    person: FromClause, whose: FromClause, added: Sequence[ColumnElement[Any]], count: Callable[[Any], Counts]
) -> tuple[Found, list[int]] | None:
    key = person.c.kept, person.c.department_id, person.c.department
    others = func.array_agg(person.c.id).filter(~person.c.kept).label("others")
    statement = select(*key, others, *added).select_from(whose).group_by(*key)
    rows = db.session.execute(statement, execution_options=IN_BINARY).mappings().all()
    found = {(row["department_id"], row["department"]): count(row) for row in rows if row["kept"]}
    left_out = [one for row in rows for one in row["others"] or ()]
    return (found, left_out) if found or not left_out else None


def _together(rows: FromClause) -> list[ColumnElement[Any]]:
    return [func.string_agg(rows.c[name], EMPTY).label(name) for name in TEXTS]


def holds(now: dt.datetime) -> ColumnElement[bool]:
    """Of Employee and EnrolledFigures: these say what the rows say."""
    return and_(in_their_time(now), Employee.id.not_in(select(FiguresTouched.employee_id)))


def in_their_time(now: dt.datetime) -> ColumnElement[bool]:
    """The same, touched or not."""
    one, today = EnrolledFigures, day_of_person(now)
    return and_(
        one.employee_id == Employee.id,
        one.made_at <= now,
        one.until > now,
        one.first_day <= today,
        one.last_day >= today,
    )


def _summed(person: Any) -> list[ColumnElement[Any]]:
    people = func.count().filter(person.c.enrolled > 0).label("people")
    return [people, *(func.sum(person.c[name]).label(name) for name in OF_ENROLLMENTS)]


def _bytes(courses: Sequence[int]) -> Mapping[str, ColumnElement[bytes]]:
    """Of each text the part from the first of these courses to the last one."""
    first, last = (_of_places(courses, edge) for edge in (func.min, func.max))

    def part(column: Any, size: int) -> ColumnElement[bytes]:
        padded = column.op("||")(func.decode(func.repeat("00", size * (last + 1)), "hex"))  # courses came later
        full = case((func.length(column) >= size * (last + 1), column), else_=padded)
        return func.substring(full, size * first + 1, size * (last - first + 1), type_=LargeBinary)

    return {
        "states": part(EnrolledFigures.states, 1),
        "points_by_course": part(EnrolledFigures.points_by_course, POINTS_BYTES),
    }


def _joined(person: Any, courses: Sequence[int]) -> list[ColumnElement[Any]]:
    places = _of_places(courses, lambda place: func.array_agg(aggregate_order_by(place, place)))
    return [*_together(person), places.label("places")]


def _of_places(courses: Sequence[int], value: Any) -> Any:
    """Of the places of these courses, in the statement that reads the texts: new ones may be given at any moment."""
    return select(value(FiguresPlace.place)).where(FiguresPlace.course_id.in_(courses)).scalar_subquery()


def _counts_of_bytes(row: Mapping[Any, Any]) -> Counts:
    """Nobody was ever enrolled in a course that has no place."""
    if not row["places"]:
        return Counts()
    first, last = row["places"][0], row["places"][-1]
    places = [place - first for place in row["places"]]
    return counts_of(row["states"], row["points_by_course"], last - first + 1, places)


def _counts_of_each(row: Mapping[Any, Any]) -> Counts:
    """A byte is an enrollment, whoever's."""
    return replace(counts_of(row["states"], row["points_by_course"], 1, (0,)), people=row["people"])
