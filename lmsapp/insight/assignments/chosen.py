"""The assignments somebody wants to act on: ticked ones, or all that the filters find (ASG-6, DSH-2)."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, any_, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from lmsapp.assignments.expressions import status_at
from lmsapp.assignments.many import AT_ONCE
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.queries import with_all_it_names
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.insight.assignments.filters import AssignmentFilters, conditions, within
from lmsapp.insight.filters import TeamFilters
from lmsapp.insight.filters import conditions as team_conditions
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer

Wanted = AssignmentFilters | TeamFilters | Collection[int]


@dataclass(frozen=True, slots=True)
class Chosen:
    """`rows`: the first of them (id, employee_id, name, title, course_id, due_on, status); `total` how many; `mark`
    tells one choice from another, so that what is done is what was looked at. `ids`: all, unless they are too many."""

    rows: Sequence[Any]
    total: int
    mark: str
    ids: Sequence[int]


def chosen(
    viewer: Viewer, wanted: Wanted, now: dt.datetime, limit: int, *, line: bool, most: int | None = None
) -> Chosen:
    """What would be acted on, earliest due first; nothing is locked. `most`: how many can be, AT_ONCE without. Two
    statements, three for more."""
    most = most or AT_ONCE
    where = _where(viewer, wanted, now, line=line)
    base = (
        select(
            TrainingAssignment.id,
            TrainingAssignment.employee_id,
            Employee.name,
            Course.title,
            TrainingAssignment.course_id,
            TrainingAssignment.due_on,
            status_at(now).label("status"),
        )
        .join(Employee, Employee.id == TrainingAssignment.employee_id)
        .join(Course, Course.id == TrainingAssignment.course_id)
        .where(*where)
        .order_by(TrainingAssignment.due_on, TrainingAssignment.id)
    )
    ids = select(TrainingAssignment.id).join(Employee, Employee.id == TrainingAssignment.employee_id).where(*where)
    found = sorted(db.session.scalars(ids.limit(most + 1)))
    total = len(found)
    if total > most:
        total = db.session.scalar(select(func.count()).select_from(ids.subquery())) or 0
    mark = hashlib.sha256(",".join(map(str, found)).encode()).hexdigest()[:16]
    return Chosen(db.session.execute(base.limit(limit)).all(), total, mark, found if total <= most else ())


def one_of_each(assignment_ids: Collection[int]) -> Sequence[int]:
    """Of the assignments of each person one: for what is done once to a person."""
    among = any_(cast(sorted(assignment_ids), ARRAY(BigInteger)))
    firsts = select(func.min(TrainingAssignment.id)).where(TrainingAssignment.id == among)
    return sorted(db.session.scalars(firsts.group_by(TrainingAssignment.employee_id)))


def assignments_to_change(viewer: Viewer, wanted: Wanted, now: dt.datetime, *, line: bool) -> list[TrainingAssignment]:
    """The assignments themselves, employee, course and enrollment loaded, locked in the order of their ids."""
    statement = with_all_it_names().where(*_where(viewer, wanted, now, line=line))
    locked = statement.order_by(TrainingAssignment.id).with_for_update(of=TrainingAssignment)
    return list(db.session.scalars(locked.execution_options(populate_existing=True)))


def _where(viewer: Viewer, wanted: Wanted, now: dt.datetime, *, line: bool) -> list[ColumnElement[bool]]:
    if isinstance(wanted, AssignmentFilters):
        return conditions(viewer, wanted, now, line=line)
    if isinstance(wanted, TeamFilters):
        return team_conditions(viewer, wanted, now)
    return [within(viewer, line=line), TrainingAssignment.id.in_(wanted)]
