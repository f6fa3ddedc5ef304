"""What tallies say of the people of a line, as SQL (DSH-1; see `assignments.tallies`): always tally plus notes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    LargeBinary,
    Select,
    Subquery,
    Text,
    case,
    cast,
    func,
    literal,
    null,
    select,
)

from lmsapp.assignments.tallies.models import AssignmentTally, AssignmentTallyChange, AssignmentTallyPlace
from lmsapp.insight.filters import ending_certificates
from lmsapp.learning.certificates.models import Certificate

Part = Select[*tuple[Any, ...]]


def part(what: str, n: Any, *, value: Any = None, cell: Any = None, raw: Any = None) -> Part:
    """A branch of the counting statement: (what, value, cell, n, bytes)."""
    return select(
        literal(what, Text).label("what"),
        cast(null() if value is None else value, Text).label("value"),
        cast(null() if cell is None else cell, Integer).label("cell"),
        cast(n, BigInteger).label("n"),
        cast(null() if raw is None else raw, LargeBinary).label("raw"),
    )


def completed_of(person: Any, courses: Sequence[int], titles: Sequence[int] | None) -> Subquery:
    """(id, n): how many completed assignments of each person the search and the courses leave."""
    changed = AssignmentTallyChange
    wanted = _among(changed.course_id, courses)
    narrow = wanted if titles is None else wanted & changed.course_id.in_(titles)
    notes = (
        select(
            changed.employee_id,
            func.sum(changed.n).filter(wanted).label("n"),
            func.sum(changed.n).filter(narrow).label("narrow"),
        )
        .group_by(changed.employee_id)
        .subquery("note")
    )
    whole = _bytes(courses) if courses else func.coalesce(AssignmentTally.completed, 0)
    count: ColumnElement[int] = whole + func.coalesce(notes.c.n, 0)
    if titles is not None:
        both = [one for one in titles if not courses or one in courses]
        count = case((person.c.named, count), else_=_bytes(both) + func.coalesce(notes.c.narrow, 0))
    return (
        select(person.c.id, cast(count, BigInteger).label("n"))
        .select_from(person)
        .outerjoin(AssignmentTally, AssignmentTally.employee_id == person.c.id)
        .outerjoin(notes, notes.c.employee_id == person.c.id)
        .subquery("completed")
    )


def ending(
    now: dt.datetime, person: Any, kept: ColumnElement[bool], courses: Sequence[int], titles: Sequence[int] | None
) -> list[Part]:
    """'standing' 'expiring': completed assignments whose latest certificate ends soon. An enrollment is of one person
    in one course, so the bytes say how many there are of each."""
    soon = (
        select(Certificate.employee_id, Certificate.course_id)
        .where(*ending_certificates(now), _among(Certificate.course_id, courses))
        .cte("soon")
        .prefix_with("MATERIALIZED")
    )
    wanted = kept if titles is None else kept & (person.c.named | soon.c.course_id.in_(titles))
    raw, place = AssignmentTally.by_course, AssignmentTallyPlace.place
    n = case((func.length(raw) > place, func.get_byte(raw, place)), else_=0)
    tallied = (
        part("standing", func.coalesce(func.sum(n), 0), value=literal("expiring"))
        .select_from(soon)
        .join(person, person.c.id == soon.c.employee_id)
        .join(AssignmentTally, AssignmentTally.employee_id == soon.c.employee_id)
        .join(AssignmentTallyPlace, AssignmentTallyPlace.course_id == soon.c.course_id)
    )
    changed = AssignmentTallyChange
    same = (changed.employee_id == soon.c.employee_id) & (changed.course_id == soon.c.course_id)
    noted = (
        part("standing", func.coalesce(func.sum(changed.n), 0), value=literal("expiring"))
        .select_from(soon)
        .join(changed, same)
        .join(person, person.c.id == soon.c.employee_id)
    )
    return [tallied.where(wanted), noted.where(wanted)]


def by_course(person: Any, inside: ColumnElement[bool]) -> Part:
    """'by course': the bytes of all those people, one after the other, each as long as there are places; in `cell` 1 of
    those who were searched for by name (or nothing was), 0 of others."""
    width = cast(select(func.count()).select_from(AssignmentTallyPlace).scalar_subquery(), Integer)
    short = AssignmentTally.by_course.op("||")(func.decode(func.repeat("00", width), "hex"))
    full = case(
        (func.length(AssignmentTally.by_course) == width, AssignmentTally.by_course),
        else_=func.substring(short, 1, width),
    )
    named = cast(person.c.named, Integer)
    return (
        part("by course", func.count(), cell=named, raw=func.string_agg(full, literal(b"", LargeBinary)))
        .select_from(person)
        .join(AssignmentTally, AssignmentTally.employee_id == person.c.id)
        .where(inside)
        .group_by(person.c.named)
    )


def changes_by_course(person: Any, inside: ColumnElement[bool]) -> Part:
    """'change': what the notes add to a course (value), `cell` as in `by_course`."""
    changed, named = AssignmentTallyChange, cast(person.c.named, Integer)
    return (
        part("change", func.sum(changed.n), value=changed.course_id, cell=named)
        .select_from(changed)
        .join(person, person.c.id == changed.employee_id)
        .where(inside)
        .group_by(changed.course_id, person.c.named)
    )


def places() -> Part:
    """'places': the course (value) of each byte (n)."""
    return part("places", AssignmentTallyPlace.place, value=AssignmentTallyPlace.course_id)


def courses_in(texts: dict[int, bytes], places: dict[int, int], titles: Sequence[int] | None) -> dict[int, int]:
    """Completed by course, of bytes by `cell` as `by_course` gives them. Every n-th byte is one course's."""
    width = len(places)
    found: dict[int, int] = {}
    for named, raw in texts.items():
        for course_id, place in places.items():
            if named or titles is None or course_id in titles:
                found[course_id] = found.get(course_id, 0) + _sum(raw[place::width])
    return found


def _sum(column: bytes) -> int:
    """Mostly zeros and ones, which are counted without a look at each."""
    ones = column.count(1)
    if ones + column.count(0) == len(column):
        return ones
    return sum(column)


def _bytes(courses: Sequence[int]) -> ColumnElement[int]:
    """The bytes of some courses together; of one that nobody completed there is no place, which is 0."""
    total: Any = literal(0)
    for course_id in courses:
        place = select(AssignmentTallyPlace.place).where(AssignmentTallyPlace.course_id == course_id).scalar_subquery()
        there = func.length(AssignmentTally.by_course) > place
        total = total + case((there, func.get_byte(AssignmentTally.by_course, place)), else_=0)
    return cast(total, Integer)


def _among(column: Any, courses: Sequence[int]) -> ColumnElement[bool]:
    return column.in_(courses) if courses else literal(True)
