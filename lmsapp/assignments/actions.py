"""Assigning, changing, closing; what learning's news means for an assignment; the daily job (ASG, REM-1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm.attributes import set_committed_value

from lmsapp.assignments import rules
from lmsapp.assignments.events import AssignmentClosed, AssignmentCompleted, TrainingAssigned
from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.models import OPEN, TrainingAssignment
from lmsapp.assignments.policies.actions import follow_policy, give_days_before
from lmsapp.assignments.policies.queries import policies_for
from lmsapp.assignments.policies.rules import Moment, ToWhom
from lmsapp.assignments.reach import to_take
from lmsapp.assignments.reminding.planning import plan_anew, plan_for
from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.catalogue.rules import CourseStatus
from lmsapp.evidence.audit.actions import record_change, record_changes
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.enrollments.access import give_back_for_training
from lmsapp.learning.enrollments.actions import enroll_many
from lmsapp.learning.enrollments.events import CourseCompleted, ProgressMade
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.versions.events import TakenAgain
from lmsapp.people.employees.events import EmployeesLeft
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer

ASSIGNED_A_STATEMENT = 1000
ENROLLED_BY = {
    "onboarding": "onboarding",
    "audience": "audience",
}  # where an enrollment says more than that it came with an assignment


@dataclass(frozen=True, slots=True)
class AssignResult:
    """What came of assigning to many: ids of the new assignments, and of employees who had one or completed before.

    Whose renewal window is open, or whose certification expired, counts as somebody who has it still to take."""

    created: tuple[int, ...]
    already: tuple[int, ...]


def assign(
    employee: Employee, course: Course, due_on: dt.date, *, by: Viewer | None, source: str = "staff", note: str = ""
) -> TrainingAssignment:
    """Assign to one, enrollment included (ASG-4). Raises RuleBroken, with a link to the active one there is (ASG-3)."""
    result = assign_many([employee], course, due_on, by=by, source=source, note=note)
    if not result.created:
        there = _active(employee.id, course.id)
        if there is None:
            raise RuleBroken(N_("%(name)s has completed this training, and it is valid."), name=employee.name)
        raise RuleBroken(
            N_("%(name)s already has this training: %(number)s."),
            link=("assignment", there.id),
            name=employee.name,
            number=rules.display_number(there.id),
        )
    return db.session.get_one(TrainingAssignment, result.created[0])


def assign_many(
    employees: Sequence[Employee],
    course: Course,
    due_on: dt.date | Mapping[int, dt.date],
    *,
    by: Viewer | None,
    source: str = "staff",
    note: str = "",
    training_rule_id: int | None = None,
    path_id: int | None = None,
) -> AssignResult:
    """Assign to all who have no active assignment and have it to take, in one transaction with their enrollments.

    `due_on` is one date, or one for each employee's id. People who left are passed over. `training_rule_id`: made by
    that rule, whose letters follow in batches. `path_id`: the learning path it comes with, see `assignments.paths`.
    The unique index guards against a second moderator doing the same just now. Raises RuleBroken.
    """
    if course.status != CourseStatus.PUBLISHED:
        raise RuleBroken(N_("“%(title)s” is not published yet. Publish it first."), title=course.title)
    # In the order of their ids: two who assign to the same people must not wait for each other.
    active = sorted((one for one in employees if one.status == "active"), key=lambda one: one.id)
    due = due_on if isinstance(due_on, Mapping) else dict.fromkeys((one.id for one in active), due_on)
    for zone, day in {(one.time_zone, due[one.id]) for one in active}:
        rules.check_due(day, clock.today(zone))
    enroll_many([one.id for one in active], course, source=ENROLLED_BY.get(source, "assignment"), by=by)
    if by is not None:
        give_back_for_training(active, course, by=by)
    created: list[TrainingAssignment] = []
    for start in range(0, len(active), ASSIGNED_A_STATEMENT):
        made_by = {"training_rule_id": training_rule_id, "path_id": path_id}
        created += _insert(active[start : start + ASSIGNED_A_STATEMENT], course, due, by, source, note, made_by)
    _announce(created, employees, course, by)
    got = {one.employee_id for one in created}
    already = tuple(one.id for one in employees if one.status == "active" and one.id not in got)
    return AssignResult(tuple(one.id for one in created), already)


def assign_enrolled(
    enrollment: Enrollment, employee: Employee, course: Course, due_on: dt.date, *, source: str
) -> TrainingAssignment | None:
    """Assign to somebody who is enrolled, by a rule and not by a person: a renewal. None where one is active already.

    The due date may have passed.
    """
    created = _insert([employee], course, {employee.id: due_on}, None, source, "", {})
    _announce(created, [employee], course, None)
    return created[0] if created else None


def assign_again(event: TakenAgain) -> None:
    """Those who completed take the course again by a date; who has an open assignment of it keeps that one (CRS-3)."""
    assign_many(list(event.employees), event.course, event.due_on, by=event.by, source="new version", note=event.reason)


def change_due_date(
    assignment: TrainingAssignment, due_on: dt.date, *, by: Viewer, reason: str, back: bool = False
) -> None:
    """Move an open assignment's due date; old date, who and why stay (ASG-6). `back`: to a former day, maybe over."""
    reason = _needed(reason)
    _check_open(assignment)
    employee = assignment.employee
    if not back:
        rules.check_due(due_on, clock.today(employee.time_zone))
    before = {"due_on": assignment.due_on}
    assignment.due_on = due_on
    assignment.due_at = clock.end_of_day(due_on, employee.time_zone)
    assignment.overdue_noted_at = None
    plan_anew(assignment, employee.time_zone)
    record_change(
        "due date changed", ("assignment", assignment.id), by=by, before=before, after={"due_on": due_on}, reason=reason
    )
    db.session.flush()


def close(assignment: TrainingAssignment, closed_as: str, *, by: Viewer | None, reason: str) -> None:
    """Cancel ('cancelled'), exempt ('exempt') or, by a rule, withdraw ('withdrawn') an open assignment, with a reason.

    The enrollment stays."""
    reason = _needed(reason)
    _check_open(assignment)
    assignment.closed_as, assignment.closed_at, assignment.close_reason = closed_as, clock.now(), reason
    assignment.next_reminder_on = None
    record_change(
        closed_as, ("assignment", assignment.id), by=by, before={}, after={"closed_as": closed_as}, reason=reason
    )
    db.session.flush()
    emit(AssignmentClosed(assignment))


def close_for_leavers(event: EmployeesLeft) -> None:
    """They left: what is open is closed as 'left', what is done stays (ORG-5). One statement for all of them."""
    leavers = [employee.id for employee in event.employees]
    closed = db.session.execute(
        update(TrainingAssignment)
        .where(TrainingAssignment.employee_id.in_(leavers), is_open())
        .values(closed_as="left", closed_at=clock.now(), close_reason="left", next_reminder_on=None)
        .returning(TrainingAssignment.id, TrainingAssignment.due_on)
    ).all()
    for assignment_id, due_on in closed:
        after = {"closed_as": "left", "due_on": due_on}
        record_change("closed", ("assignment", assignment_id), by=event.by, after=after, reason="left")


def set_reminder_policy(course: Course, days_before: Iterable[int], *, by: Viewer | None) -> None:
    """Remind so many days before the due date, for this course; open assignments follow from now on."""
    days = rules.checked_days(days_before)
    before = policy_of(course.id)
    if days == before:
        return
    give_days_before(course, days)
    record_change(
        "reminder days changed",
        ("course", course.id),
        by=by,
        before={"days_before": list(before)},
        after={"days_before": list(days)},
    )
    follow_policy([course.id])


def policy_of(course_id: int) -> tuple[int, ...]:
    """Days before the due date on which this course reminds, most first."""
    steps = policies_for([course_id])[course_id].steps
    days = [one.days for one in steps if one.moment is Moment.BEFORE_DUE and one.to_whom is ToWhom.LEARNER]
    return tuple(sorted(days, reverse=True))


def note_progress(event: ProgressMade) -> None:
    """Pending becomes In Progress with the first thing done."""
    enrollment: Enrollment = event.enrollment
    if event.now_started:
        db.session.execute(
            update(TrainingAssignment)
            .where(
                TrainingAssignment.enrollment_id == enrollment.id, is_open(), TrainingAssignment.started_at.is_(None)
            )
            .values(started_at=enrollment.started_at)
        )


def complete_for(event: CourseCompleted) -> None:
    """The open assignment of a completed enrollment is Completed, on the date it is where the learner is (ASG-8)."""
    enrollment: Enrollment = event.enrollment
    assignment = db.session.scalar(
        select(TrainingAssignment).where(TrainingAssignment.enrollment_id == enrollment.id, is_open()).with_for_update()
    )
    if assignment is None:
        return
    at = enrollment.completed_at or clock.now()
    assignment.completed_at = at
    assignment.completed_on = at.astimezone(clock.zone(enrollment.employee.time_zone)).date()
    assignment.next_reminder_on = None
    db.session.flush()
    emit(AssignmentCompleted(assignment))


def _insert(
    employees: Sequence[Employee],
    course: Course,
    due: Mapping[int, dt.date],
    by: Viewer | None,
    source: str,
    note: str,
    made_by: Mapping[str, int | None],
) -> list[TrainingAssignment]:
    ids = [one.id for one in employees]
    enrollments = {row.employee_id: row for row in db.session.execute(to_take(course.id, ids))}
    plan, now = plan_for([course.id]), clock.now()
    rows = [
        {
            "employee_id": one.id,
            "course_id": course.id,
            "enrollment_id": enrollments[one.id].id,
            "due_on": due[one.id],
            "due_at": clock.end_of_day(due[one.id], one.time_zone),
            "assigned_by_id": by.user_id if by else None,
            "assigned_by_name": by.name if by else "",
            "assigned_at": now,
            "source": source,
            "note": note,
            "started_at": enrollments[one.id].started_at,
            "next_reminder_on": plan.first_day(course.id, due[one.id], source, clock.today(one.time_zone)),
            "reminders_sent": 0,
            **made_by,
        }
        for one in employees
        if one.id in enrollments
    ]
    if not rows:
        return []
    statement = insert(TrainingAssignment).on_conflict_do_nothing(
        index_elements=["employee_id", "course_id"], index_where=OPEN
    )
    return list(db.session.scalars(statement.returning(TrainingAssignment), rows).all())


def _announce(
    created: Sequence[TrainingAssignment], employees: Sequence[Employee], course: Course, by: Viewer | None
) -> None:
    by_id = {one.id: one for one in employees}
    for assignment in created:
        # As if loaded: set the usual way, thousands of them would be compared with the database at the next flush.
        set_committed_value(assignment, "employee", by_id[assignment.employee_id])
        set_committed_value(assignment, "course", course)
    record_changes("assigned", [(("assignment", one.id), _told(one)) for one in created], by=by)
    for assignment in created:
        emit(TrainingAssigned(assignment))


def _told(one: TrainingAssignment) -> dict[str, object]:
    """What the trail keeps of a new assignment."""
    kept: dict[str, object] = {"course_id": one.course_id, "due_on": one.due_on, "source": one.source}
    return kept | ({"training_rule_id": one.training_rule_id} if one.training_rule_id else {})


def _active(employee_id: int, course_id: int) -> TrainingAssignment | None:
    return db.session.scalar(
        select(TrainingAssignment).where(
            TrainingAssignment.employee_id == employee_id, TrainingAssignment.course_id == course_id, is_open()
        )
    )


def _check_open(assignment: TrainingAssignment) -> None:
    if assignment.completed_at is not None:
        raise RuleBroken(N_("This training is completed; nothing about it can change."))
    if assignment.closed_as is not None:
        raise RuleBroken(N_("This assignment is closed already."))


def _needed(reason: str) -> str:
    if not reason.strip():
        raise RuleBroken(N_("Give a reason; the employee will read it."), field="reason")
    return reason.strip()
