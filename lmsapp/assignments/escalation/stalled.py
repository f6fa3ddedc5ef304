"""Training in progress that stands still: found by a timer of each assignment, told once a standstill (REM-6).

Each assignment has `stall_look_at`, when to look at it next; so a job every ten minutes reads a handful of 200,000, and
nothing is written while somebody learns. Where something happened meanwhile, one statement puts the look off; only
what really stands still is judged one by one. Time in a pause does not count; what is overdue has steps of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, case, cast, column, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import DateTime

from lmsapp.assignments.escalation.promises import rows_to
from lmsapp.assignments.escalation.queries import Told, told_for
from lmsapp.assignments.escalation.rules import next_look, stalled_steps
from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.models import NEVER_LOOKED, TrainingAssignment
from lmsapp.assignments.policies.models import ReminderStep
from lmsapp.assignments.policies.queries import policies_for
from lmsapp.assignments.policies.rules import DAY, Moment, Policy, Step, ToWhom
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.pauses.models import EnrollmentPause
from lmsapp.outreach.notices.promising import promise_many, promise_row
from lmsapp.outreach.notices.recipient import Recipient, recipient_of
from lmsapp.people.calendar.queries import holidays
from lmsapp.people.calendar.rules import add_working_days, is_working_day
from lmsapp.people.employees.models import Employee

TEMPLATE = "stalled"
BATCH = 2000
OLD = dt.timedelta(days=7)  # what stood still long before anybody asked to be told is no news: the dashboard has it
BESIDE: dict[str, Any] = {"synchronize_session": False}
Look = tuple[int, dt.datetime]  # assignment, when to look at it next

# When somebody last did something there, or came back to it.
ACTIVE = func.greatest(
    TrainingAssignment.started_at,
    Enrollment.last_active_at,
    select(func.max(EnrollmentPause.ended_at))
    .where(EnrollmentPause.enrollment_id == Enrollment.id)
    .correlate(Enrollment)
    .scalar_subquery(),
)


def put_off_looks() -> int:
    """Of what does not stand still, for each policy in one statement: thousands who learn cost nothing here. 0."""
    for policy, course_ids in _watched():
        _put_off(course_ids, dt.timedelta(hours=min(step.hours for step in _steps(policy))))
    return 0


def tell_of_stalled() -> int:
    """Promise what is to be told of the next assignments that stand still; how many were looked at one by one.

    Call again while it answers any. Without such steps in any policy it is one look.
    """
    return sum(_look(policy, course_ids) for policy, course_ids in _watched())


def _watched() -> Sequence[tuple[Policy, list[int]]]:
    """Policies with such steps, and the courses they hold for."""
    if not db.session.scalar(select(exists().where(ReminderStep.moment == Moment.STALLED.value))):
        return ()
    courses: dict[Policy, list[int]] = {}
    for course_id, policy in policies_for(db.session.scalars(select(Course.id)).all()).items():
        if _steps(policy):
            courses.setdefault(policy, []).append(course_id)
    return list(courses.items())


def _steps(policy: Policy) -> tuple[Step, ...]:
    return tuple(step for step in policy.steps if step.moment is Moment.STALLED and step.hours)


def _look(policy: Policy, course_ids: Collection[int]) -> int:
    steps = _steps(policy)
    hours = {step.hours for step in steps}
    found = _standing_still(course_ids, dt.timedelta(hours=min(hours)))
    days_off = holidays() if policy.working_days and found else frozenset()
    rows, looks = [], []
    told = _whom(found, steps)
    for one in found:
        today = clock.today(one.zone)
        if policy.working_days and not is_working_day(today, days_off):
            looks.append((one.id, clock.end_of_day(add_working_days(today, 1, days_off) - DAY, one.zone)))
            continue
        looks.append((one.id, next_look(hours, one.active_at, clock.now())))
        rows += _rows(one, steps, told)
    promise_many(rows)
    _keep(looks)
    return len(found)


def _due(course_ids: Collection[int]) -> tuple[Any, ...]:
    """As the index has them."""
    return (
        is_open(),
        TrainingAssignment.started_at.is_not(None),
        TrainingAssignment.course_id.in_(course_ids),
        TrainingAssignment.stall_look_at <= clock.now(),
    )


def _put_off(course_ids: Collection[int], first: dt.timedelta) -> None:
    """Whatever does not stand still so long; is paused; is overdue and told of as that; or stood still long before."""
    now = clock.now()
    old = and_(TrainingAssignment.stall_look_at == NEVER_LOOKED, now - first - OLD > ACTIVE)
    resting = or_(_rests(now), old)
    look_at = case((resting, now + first), else_=ACTIVE + first)
    change = (
        update(TrainingAssignment)
        .where(Enrollment.id == TrainingAssignment.enrollment_id, *_due(course_ids), or_(resting, now - first < ACTIVE))
        .values(stall_look_at=look_at)
    )
    db.session.execute(change, execution_options=BESIDE)


def _rests(now: dt.datetime) -> ColumnElement[bool]:
    return or_(Enrollment.paused_until.is_not(None), TrainingAssignment.due_at <= now)


def _standing_still(course_ids: Collection[int], first: dt.timedelta) -> Sequence[Any]:
    now = clock.now()
    return db.session.execute(
        select(
            TrainingAssignment.id, TrainingAssignment.employee_id, TrainingAssignment.due_on,
            TrainingAssignment.course_id, ACTIVE.label("active_at"),
            func.coalesce(Enrollment.last_active_at, TrainingAssignment.started_at).label("since"),
            Employee.time_zone.label("zone"),
        )
        .join(Enrollment, Enrollment.id == TrainingAssignment.enrollment_id)
        .join(Employee, Employee.id == TrainingAssignment.employee_id)
        .where(*_due(course_ids), ~_rests(now), now - first >= ACTIVE)
        .limit(BATCH)
        .with_for_update(of=TrainingAssignment, skip_locked=True)
    ).all()  # fmt: skip


def _whom(found: Sequence[Any], steps: Sequence[Step]) -> Mapping[tuple[int, ToWhom], Told | Recipient]:
    """Readers of every step, the learners themselves among them."""
    kinds = {step.to_whom for step in steps}
    others: dict[tuple[int, ToWhom], Told | Recipient] = dict(
        told_for((one.employee_id, kind) for one in found for kind in kinds if kind is not ToWhom.LEARNER)
    )
    if ToWhom.LEARNER in kinds:
        learners = select(Employee).where(Employee.id.in_({one.employee_id for one in found}))
        others |= {(one.id, ToWhom.LEARNER): recipient_of(one) for one in db.session.scalars(learners)}
    return others


def _rows(one: Any, steps: Sequence[Step], told: Mapping[tuple[int, ToWhom], Told | Recipient]) -> list[dict[str, Any]]:
    reached = stalled_steps({step.hours for step in steps}, one.active_at, clock.now())
    rows: list[dict[str, Any]] = []
    for step in steps:
        to = told[one.employee_id, step.to_whom]
        if step.hours not in reached:
            continue
        standstill = f"{one.id}/{one.due_on}/stalled/{step.hours}/{one.active_at:%Y%m%dT%H%M%S%f}/{step.to_whom}"
        why = {"policy": TEMPLATE, "hours": step.hours, "since": one.since.isoformat()}
        if isinstance(to, Told):
            rows += rows_to(to, step, TEMPLATE, f"escalation/assignment/{standstill}", one, why)
        else:
            rows += _to_learner(to, step, f"reminder/assignment/{standstill}", one, why)
    return rows


def _to_learner(to: Recipient, step: Step, key: str, one: Any, why: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        promise_row(
            key=f"{key}/{channel}",
            channel=channel,
            template="training_reminder",
            to=to,
            about=("assignment", one.id),
            reason=why,
            link=f"/learn/courses/{one.course_id}",
            mandatory=step.mandatory,
        )
        for channel in step.channels
    ]


def _keep(looks: Sequence[Look]) -> None:
    """In one statement."""
    if not looks:
        return
    arrays = (
        cast([one[0] for one in looks], ARRAY(Integer)),
        cast([one[1] for one in looks], ARRAY(DateTime(timezone=True))),
    )
    names = (column("id", Integer), column("look_at", DateTime(timezone=True)))
    said = func.unnest(*arrays).table_valued(*names, name="said").render_derived()
    change = update(TrainingAssignment).where(TrainingAssignment.id == said.c.id).values(stall_look_at=said.c.look_at)
    db.session.execute(change, execution_options=BESIDE)
