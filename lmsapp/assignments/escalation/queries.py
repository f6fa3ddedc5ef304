"""Finding who is told, for many learners at once, and the facts their notices speak of (REM-6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text

from lmsapp.assignments.escalation.rules import Chosen, Department, House, Person, Via, chosen
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.policies.rules import ToWhom
from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.outreach.notices.recipient import Recipient, moderators, recipient_of, users_where
from lmsapp.people.accounts.models import User, UserRole
from lmsapp.people.employees.models import Employee
from lmsapp.people.roles import Role

Asked = tuple[int, ToWhom]  # whose training, and whom the step names
NONE_LEFT_OUT = 0  # no employee has that id
IN_LINE = (Via.MANAGER, Via.SUCCESSOR, Via.NEXT_UP)

# Everybody the chain may come to from the people given; UNION ends where a line runs in a circle.
AROUND = text("""
    WITH RECURSIVE around (id) AS (
        SELECT unnest(cast(:ids AS integer[]))
        UNION
        SELECT near.id FROM around JOIN employee ON employee.id = around.id,
            LATERAL (VALUES (employee.manager_id), (employee.successor_id), (employee.hr_partner_id)) AS near (id)
        WHERE near.id IS NOT NULL
    )
    SELECT employee.id, status = 'active', manager_id, successor_id, hr_partner_id, department_id
    FROM employee JOIN around ON around.id = employee.id
""")
TREE = text("""
    WITH RECURSIVE tree (id) AS (
        SELECT unnest(cast(:ids AS integer[]))
        UNION
        SELECT department.parent_id FROM tree JOIN department ON department.id = tree.id
        WHERE department.parent_id IS NOT NULL
    )
    SELECT department.id, head_id, parent_id FROM department JOIN tree ON tree.id = department.id
""")


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told, and as what; several where it comes to those who keep HR records."""

    readers: tuple[Recipient, ...]
    via: Via
    because: str


def told_for(asked: Iterable[Asked]) -> dict[Asked, Told]:
    """By what was asked. Two statements where the reporting line knows, at most six where it has holes."""
    pairs = set(asked)
    found = _chosen(pairs)
    readers = _recipients({one.reader for one in found.values() if one.reader is not None})
    hr = _keepers() if any(one.reader is None for one in found.values()) else ()
    return {pair: _told(pair[0], one, readers, hr) for pair, one in found.items()}


def _chosen(pairs: Collection[Asked]) -> dict[Asked, Chosen]:
    people = _people({employee_id for employee_id, _to_whom in pairs})
    house = House(people, {})
    found = {pair: chosen(*pair, house) for pair in pairs if pair[0] in people}
    if all(one.via in IN_LINE or to_whom is ToWhom.HR_PARTNER for (_id, to_whom), one in found.items()):
        return found
    ids = {one.department_id for one in people.values() if one.department_id is not None}
    rows = db.session.execute(TREE, {"ids": list(ids)})
    departments = {row[0]: Department(row[1], row[2]) for row in rows}
    heads = {one.head_id for one in departments.values() if one.head_id is not None}
    house = House({**people, **_people(heads - set(people))}, departments)
    return {pair: chosen(*pair, house) for pair in found}


def _people(ids: Collection[int]) -> dict[int, Person]:
    if not ids:
        return {}
    return {row[0]: Person(*row) for row in db.session.execute(AROUND, {"ids": list(ids)})}


def _recipients(ids: Collection[int]) -> dict[int, Recipient]:
    if not ids:
        return {}
    return {one.id: recipient_of(one) for one in db.session.scalars(select(Employee).where(Employee.id.in_(ids)))}


def _keepers() -> tuple[Recipient, ...]:
    """Those who keep HR records; where nobody does, those who look after all training."""
    hold = select(UserRole.user_id).where(UserRole.role == Role.HR_MANAGER.value)
    return tuple(users_where(User.id.in_(hold), but=NONE_LEFT_OUT) or moderators(but=NONE_LEFT_OUT))


def _told(learner_id: int, one: Chosen, readers: Mapping[int, Recipient], hr: tuple[Recipient, ...]) -> Told:
    if one.reader is not None:
        return Told((readers[one.reader],), one.via, one.because)
    return Told(tuple(reader for reader in hr if reader.employee_id != learner_id), one.via, one.because)


def facts_of(assignment_ids: Collection[int]) -> dict[int, Any]:
    """What notices about these assignments speak of, by id. One statement.

    Columns: id, employee_id, enrollment_id, course_id, due_on, started_at, completed_at, closed_as, name, zone, title,
    lesson_count, done_lessons, progress, paused_until, last_active_at, lesson (where they are, or null), lesson_id.
    """
    rows = db.session.execute(
        select(
            TrainingAssignment.id, TrainingAssignment.employee_id, TrainingAssignment.enrollment_id,
            TrainingAssignment.course_id, TrainingAssignment.due_on, TrainingAssignment.started_at,
            TrainingAssignment.completed_at, TrainingAssignment.closed_as,
            Employee.name, Employee.time_zone.label("zone"), Course.title, Course.lesson_count,
            Enrollment.done_lessons, Enrollment.progress, Enrollment.paused_until, Enrollment.last_active_at,
            Lesson.title.label("lesson"), Enrollment.current_lesson_id.label("lesson_id"),
        )
        .join(Employee, Employee.id == TrainingAssignment.employee_id)
        .join(Course, Course.id == TrainingAssignment.course_id)
        .join(Enrollment, Enrollment.id == TrainingAssignment.enrollment_id)
        .outerjoin(Lesson, Lesson.id == Enrollment.current_lesson_id)
        .where(TrainingAssignment.id.in_(assignment_ids))
    )  # fmt: skip
    return {row.id: row for row in rows}
