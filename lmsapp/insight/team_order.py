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
from typing import Any

from sqlalchemy import ColumnElement, Select, case, select
from sqlalchemy.orm import aliased

from lmsapp.assignments.expressions import is_status, status_at
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.rules import OPEN, AssignmentStatus
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.insight.filters import EVERYTHING, TeamFilters, conditions, facet_conditions, found, reach
from lmsapp.insight.team_counting import PEOPLE
from lmsapp.insight.team_facets import TeamCounts
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.employees.models import Employee, ReportingLine
from lmsapp.people.viewer import Viewer

FEW = 5_000
STATUS_ORDER = (
    AssignmentStatus.OVERDUE,
    AssignmentStatus.IN_PROGRESS,
    AssignmentStatus.PENDING,
    AssignmentStatus.COMPLETED,
    AssignmentStatus.EXEMPT,
    AssignmentStatus.CANCELLED,
)
DONE = TrainingAssignment.completed_at.is_not(None)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of the list: what is in it, how many, and in which order."""

    condition: ColumnElement[bool]
    count: int
    order: Sequence[Any]


def shown_ids(
    viewer: Viewer, filters: TeamFilters, now: dt.datetime, counts: TeamCounts, limit: int, offset: int
) -> list[int]:
    """Ids of the page in their order. One statement; two where a page lies over the end of a stretch."""
    if not counts.total:
        return []
    if counts.total <= FEW or filters.standing == "expiring":
        return list(db.session.scalars(_gathered(viewer, filters, now).limit(limit).offset(offset)))
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
    columns: dict[str, Any] = {"person": Employee.sort_name, "course": Course.title, "progress": progress(_looked_up())}
    return columns.get(filters.sort, TrainingAssignment.due_on)


def progress(percent: Any = Enrollment.progress) -> ColumnElement[int]:
    """Of the time round that is assigned: whoever has a renewal to begin stands at the start again, and what is
    completed stays so when the next one begins. In per cent; of Enrollment, unless `percent` looks it up."""
    return case((DONE, 100), (TrainingAssignment.started_at.is_(None), 0), else_=percent)


def _looked_up() -> Any:
    """Only of those who have begun: most have not."""
    enrollment = aliased(Enrollment)
    percent = select(enrollment.progress).where(enrollment.id == TrainingAssignment.enrollment_id)
    return percent.correlate(TrainingAssignment).scalar_subquery()


def _gathered(viewer: Viewer, filters: TeamFilters, now: dt.datetime) -> Select[int]:
    """Everything that matches is found first: an index in the wanted order would be walked for long."""
    hit = _joined(select(TrainingAssignment.id, sort_key(filters, now).label("sort_key")), filters)
    if filters.of_people and filters.sort != "person":
        hit = hit.join(Employee, Employee.id == TrainingAssignment.employee_id)
    hits = hit.where(*conditions(viewer, filters, now)).cte("hit").prefix_with("MATERIALIZED")
    return select(hits.c.id).order_by(hits.c.sort_key.desc() if filters.desc else hits.c.sort_key, hits.c.id)


def _walked(viewer: Viewer, filters: TeamFilters, now: dt.datetime, stretch: Stretch) -> Select[int]:
    asked = facet_conditions(filters, now)
    people = reach(viewer, filters.scope).join(Employee, Employee.id == ReportingLine.employee_id).correlate(None)
    people = people.where(*(asked[name] for name in PEOPLE if asked[name] is not EVERYTHING))
    if filters.standing == "compliant":
        late = aliased(TrainingAssignment)
        behind = select(late.employee_id).where(
            late.completed_at.is_(None), late.closed_as.is_(None), late.due_at <= now
        )
        people = people.where(Employee.id.not_in(behind))
    # "IS true" keeps the people a hash to look into; as a join they would be put first and everything be sorted.
    wanted = [TrainingAssignment.employee_id.in_(people).is_(True), stretch.condition, asked["statuses"], asked["due"]]
    if filters.courses:
        wanted.append(asked["courses"])
    if filters.standing == "stalled":
        wanted.append(asked["standing"])
    if filters.search:
        wanted.append(found(filters.search))
    return _joined(select(TrainingAssignment.id), filters).where(*wanted).order_by(*stretch.order)


def _joined(statement: Select[Any], filters: TeamFilters) -> Select[Any]:
    """With what the order needs."""
    if filters.sort == "person":
        return statement.join(Employee, Employee.id == TrainingAssignment.employee_id)
    if filters.sort == "course":
        return statement.join(Course, Course.id == TrainingAssignment.course_id)
    return statement


def _stretches(filters: TeamFilters, now: dt.datetime, counts: TeamCounts) -> Sequence[Stretch]:
    """In the order of the list."""
    wanted = filters.statuses or (("Completed",) if filters.standing == "expiring" else tuple(map(str, OPEN)))
    # By number. The sum keeps the few that are there from being looked for along all the numbers there are.
    number, among_few = (TrainingAssignment.id,), (TrainingAssignment.id + 0,)
    key = sort_key(filters, now)
    ordered = (key.desc() if filters.desc else key, TrainingAssignment.id)
    found = [Stretch(EVERYTHING, counts.total, ordered)]
    if filters.sort == "status":
        found = [
            Stretch(is_status(one, now), counts.statuses.get(one, 0), number if one == "Completed" else among_few)
            for one in STATUS_ORDER
            if one in wanted
        ]
    elif filters.sort == "progress" and "Completed" in wanted:
        done = counts.statuses.get("Completed", 0)
        rest = Stretch(TrainingAssignment.completed_at.is_(None), counts.total - done, ordered)
        found = [rest, Stretch(DONE, done, number)]
    return found[::-1] if filters.desc else found
