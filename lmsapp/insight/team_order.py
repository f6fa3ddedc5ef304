"""Which assignments one page of the team table shows (DSH-1).

How many there are is known from the counts, and decides how they are found. A few thousand are gathered and sorted. Of
more, the index that has them in the wanted order is walked until the page is full, people being looked up in a hash;
what no index has in order is cut into stretches of known length (statuses, completed and not), so that whole stretches
before the page are stepped over and never read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Integer, Select, any_, case, func, literal, select
from sqlalchemy.orm import aliased

from lmsapp.assignments.expressions import is_status, status_at
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.rules import OPEN, AssignmentStatus
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.insight.filters import (
    EVERYTHING,
    TeamFilters,
    conditions,
    ending_certificates,
    ends_soon,
    facet_conditions,
    found,
    reach,
    stands_still,
)
from lmsapp.insight.team_facets import TeamCounts
from lmsapp.insight.team_line import FACETS
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.employees.models import Employee, ReportingLine
from lmsapp.people.viewer import Viewer

FEW, FEW_PEOPLE = 5_000, 1_000
STATUS_ORDER = (
    AssignmentStatus.OVERDUE,
    AssignmentStatus.IN_PROGRESS,
    AssignmentStatus.PENDING,
    AssignmentStatus.COMPLETED,
    AssignmentStatus.EXEMPT,
    AssignmentStatus.CANCELLED,
)
DONE = TrainingAssignment.completed_at.is_not(None)
NUMBER = (TrainingAssignment.id,)
# The sum keeps the few that are there from being looked for along all the numbers there are.
AMONG_FEW = (TrainingAssignment.id + 0,)
# Who is neither at the beginning nor at the end: an index has them and how far they are; see `_progressing`.
PART_WAY = aliased(Enrollment)
IS_PART_WAY = PART_WAY.progress.between(1, 99)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of the list: what is in it, how many, and in which order; `part_way`: that order needs PART_WAY."""

    condition: ColumnElement[bool]
    count: int
    order: Sequence[Any]
    part_way: bool = False


def shown_ids(
    viewer: Viewer, filters: TeamFilters, now: dt.datetime, counts: TeamCounts, limit: int, offset: int
) -> list[int]:
    """Ids of the page in their order. One statement; two where a page lies over the end of a stretch."""
    if not counts.total:
        return []
    if filters.standing == "expiring":
        return list(db.session.scalars(_ending(viewer, filters, now).limit(limit).offset(offset)))
    if counts.total <= FEW:
        return list(db.session.scalars(_gathered(viewer, filters, now, counts).limit(limit).offset(offset)))
    ids: list[int] = []
    for stretch in _stretches(filters, now, counts):
        if offset < stretch.count and len(ids) < limit:
            walked = _walked(viewer, filters, now, stretch).limit(min(limit - len(ids), stretch.count - offset))
            ids += db.session.scalars(walked.offset(offset))
        offset = max(offset - stretch.count, 0)
    return ids


def sort_key(filters: TeamFilters, now: dt.datetime) -> ColumnElement[Any]:
    """Allow-listed: an unknown word sorts by due date."""
    if filters.sort == "status":
        return case({status.value: place for place, status in enumerate(STATUS_ORDER)}, value=status_at(now), else_=9)
    columns: dict[str, Any] = {"person": Employee.sort_name, "course": Course.title, "progress": _by_progress()}
    return columns.get(filters.sort, TrainingAssignment.due_on)


def progress(percent: Any = Enrollment.progress) -> ColumnElement[int]:
    """Of the time round that is assigned: whoever has a renewal to begin stands at the start again, and what is
    completed stays so when the next one begins. In per cent; of Enrollment, unless `percent` looks it up."""
    return case((DONE, 100), (TrainingAssignment.started_at.is_(None), 0), else_=percent)


def _by_progress() -> ColumnElement[int]:
    """What was not begun before what was begun and stands at 0, and what is completed after everything: so that each of
    them is a stretch."""
    return case((DONE, 101), (TrainingAssignment.started_at.is_(None), -1), else_=_looked_up())


def _looked_up() -> Any:
    """Only of those who have begun: most have not."""
    enrollment = aliased(Enrollment)
    percent = select(enrollment.progress).where(enrollment.id == TrainingAssignment.enrollment_id)
    return percent.correlate(TrainingAssignment).scalar_subquery()


def _gathered(viewer: Viewer, filters: TeamFilters, now: dt.datetime, counts: TeamCounts) -> Select[int]:
    """Everything that matches is found first: an index in the wanted order would be walked for long."""
    hit = _hits(filters, now)
    if filters.standing == "compliant" and len(counts.people_left) <= FEW_PEOPLE:
        # Who has nothing overdue is known already; else the overdue ones of everybody would be looked for.
        hit = hit.where(TrainingAssignment.employee_id == any_(literal(list(counts.people_left), ARRAY(Integer))))
    hits = hit.where(*conditions(viewer, filters, now)).cte("hit").prefix_with("MATERIALIZED")
    return select(hits.c.id).order_by(*_in_order(hits.c, filters))


def _ending(viewer: Viewer, filters: TeamFilters, now: dt.datetime) -> Select[int]:
    """Whose certificate ends soon. All enrollments of such certificates are found by one walk along their index, and
    put in order; whether there is a newer certificate is looked up for the rows of the page and those before it."""
    ends = select(Certificate.enrollment_id).where(*ends_soon(now)).order_by(Certificate.enrollment_id)
    columns = (TrainingAssignment.id, sort_key(filters, now).label("sort_key"), TrainingAssignment.enrollment_id)
    hits = _joined(select(*columns), filters).where(
        *_wanted(viewer, filters, now),
        DONE,
        TrainingAssignment.enrollment_id == any_(func.array(ends.scalar_subquery())),
    )
    # The offset keeps the look behind the order.
    ordered = hits.order_by(*_in_order(hits.selected_columns, filters)).offset(0).subquery()
    latest = select(Certificate.id).where(
        Certificate.enrollment_id == ordered.c.enrollment_id, *ending_certificates(now)
    )
    newest = latest.correlate(ordered).offset(0).exists()
    return select(ordered.c.id).where(newest).order_by(*_in_order(ordered.c, filters))


def _hits(filters: TeamFilters, now: dt.datetime) -> Select[Any]:
    """Ids, and what they are sorted by, with what filters and order need beside."""
    hit = _joined(select(TrainingAssignment.id, sort_key(filters, now).label("sort_key")), filters)
    if filters.of_people and filters.sort != "person":
        hit = hit.join(Employee, Employee.id == TrainingAssignment.employee_id)
    return hit


def _in_order(columns: Any, filters: TeamFilters) -> tuple[Any, ...]:
    return (columns.sort_key.desc() if filters.desc else columns.sort_key, columns.id)


def _walked(viewer: Viewer, filters: TeamFilters, now: dt.datetime, stretch: Stretch) -> Select[int]:
    wanted = [*_wanted(viewer, filters, now), stretch.condition]
    if filters.standing == "stalled":
        wanted.append(stands_still(now))
    rows = select(TrainingAssignment.id)
    if filters.sort == "person":
        rows = _joined(rows, filters)
    if stretch.part_way:
        rows = rows.outerjoin(PART_WAY, (PART_WAY.id == TrainingAssignment.enrollment_id) & IS_PART_WAY)
    return rows.where(*wanted).order_by(*stretch.order)


def _wanted(viewer: Viewer, filters: TeamFilters, now: dt.datetime) -> list[ColumnElement[bool]]:
    """Everything that is asked but a standing of assignments; people are looked up in a hash."""
    asked = facet_conditions(filters, now)
    people = reach(viewer, filters.scope).join(Employee, Employee.id == ReportingLine.employee_id).correlate(None)
    people = people.where(*(asked[name] for name in FACETS if asked[name] is not EVERYTHING))
    if filters.standing == "compliant":
        late = aliased(TrainingAssignment)
        behind = select(late.employee_id).where(
            late.completed_at.is_(None), late.closed_as.is_(None), late.due_at <= now
        )
        people = people.where(Employee.id.not_in(behind))
    # "IS true" keeps the people a hash to look into; as a join they would be put first and everything be sorted.
    wanted = [TrainingAssignment.employee_id.in_(people).is_(True), asked["statuses"], asked["due"]]
    if filters.courses:
        wanted.append(asked["courses"])
    if filters.search:
        wanted.append(found(filters.search))
    return wanted


def _joined(statement: Select[Any], filters: TeamFilters) -> Select[Any]:
    """With what the order needs."""
    if filters.sort == "person":
        return statement.join(Employee, Employee.id == TrainingAssignment.employee_id)
    if filters.sort == "course":
        return statement.join(Course, Course.id == TrainingAssignment.course_id)
    return statement


def _stretches(filters: TeamFilters, now: dt.datetime, counts: TeamCounts) -> Sequence[Stretch]:
    """In the order of the list."""
    match filters.sort:
        case "status":
            found = _by_status(filters, now, counts)
        case "progress":
            found = _progressing(filters, counts)
        case "course":
            found = _by_course(filters, counts)
        case _:
            key = sort_key(filters, now)
            found = [Stretch(EVERYTHING, counts.total, (key.desc() if filters.desc else key, TrainingAssignment.id))]
    return found[::-1] if filters.desc else found


def _by_status(filters: TeamFilters, now: dt.datetime, counts: TeamCounts) -> list[Stretch]:
    wanted = filters.statuses or tuple(map(str, OPEN))
    return [
        Stretch(is_status(one, now), counts.statuses.get(one, 0), NUMBER if one == "Completed" else AMONG_FEW)
        for one in STATUS_ORDER
        if one in wanted
    ]


def _progressing(filters: TeamFilters, counts: TeamCounts) -> list[Stretch]:
    """Not begun, by due date; begun; completed. How far somebody is changes with every lesson and is in one small
    index, of those between beginning and end; the few others that were begun are looked up."""
    done = counts.statuses.get("Completed", 0) if "Completed" in filters.statuses else 0
    percent: Any = func.coalesce(PART_WAY.progress, _looked_up())
    begun = TrainingAssignment.started_at.is_not(None)
    return [
        Stretch(~DONE & ~begun, counts.total - done - counts.begun, (TrainingAssignment.due_on, TrainingAssignment.id)),
        Stretch(~DONE & begun, counts.begun, (percent.desc() if filters.desc else percent, *AMONG_FEW), part_way=True),
        Stretch(DONE, done, NUMBER),
    ]


def _by_course(filters: TeamFilters, counts: TeamCounts) -> list[Stretch]:
    """Course by course, so that only those are read in which the page lies."""
    some = [one for one in counts.courses if not filters.courses or one in filters.courses]
    titled = db.session.execute(select(Course.id, Course.title).where(Course.id.in_(some)).order_by(Course.title))
    same = [[row.id for row in rows] for _title, rows in groupby(titled, lambda row: row.title)]
    return [
        Stretch(TrainingAssignment.course_id.in_(ids), sum(counts.courses[one] for one in ids), AMONG_FEW)
        for ids in same
    ]
