"""The daily job: whose turn it is, and what became overdue (REM-1 to REM-3).

It reads only what is due, by partial indexes; on a day with nothing to do it costs three index lookups. It promises;
the worker words and sends. A notice's key makes each reminder one per assignment, due date, offset and channel,
whatever is run twice; the day through which an assignment was looked at makes missed days one letter.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Date, Text, and_, any_, cast, func, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from lmsapp.assignments.escalation.promises import rows_for_all
from lmsapp.assignments.events import AssignmentOverdue
from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.policies.rules import DAY, Policy, ToWhom, Turn
from lmsapp.assignments.reminding.looking import ASSIGNMENT, BESIDE, keep_looks
from lmsapp.assignments.reminding.planning import looked_through, plan_for
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.outreach.contact.models import ContactPreference
from lmsapp.outreach.notices.promising import promise_new, promise_row
from lmsapp.outreach.notices.recipient import Recipient
from lmsapp.people.employees.models import Employee

BATCH = 4000
READER = (
    Employee.id.label("employee_id"), Employee.user_id, Employee.name, Employee.email, Employee.mobile,
    Employee.language, Employee.time_zone,
)  # fmt: skip


def remind_due() -> int:
    """Look at the next assignments whose day has begun, at six in the morning, where their learners are; how many.

    Call again while it answers more than 0.
    """
    rows = _due()
    if not rows:
        return _turned_back()
    plan = plan_for({one.course_id for one in rows})
    letters: list[dict[str, Any]] = []
    above: list[tuple[Any, Turn]] = []
    looks = []
    days = {zone: clock.day_begun(zone) for zone in {one.time_zone for one in rows}}
    for one in rows:
        today, policy = days[one.time_zone], plan.policies[one.course_id]
        through = looked_through(one.reminded_through, one.assigned_at, one.time_zone)
        told, following = plan.look(one.course_id, one.due_on, one.source, through, today)
        for turn in told:
            if turn.step.to_whom is ToWhom.LEARNER:
                letters += _to_learner(one, policy, turn)
            else:
                above.append((one, turn))
        looks.append((one.id, max(through, today), following))
    new = promise_new(letters)
    promise_new(rows_for_all(above))
    keep_looks(looks, _counted(new))
    return len(rows)


def note_overdue() -> int:
    """Note what became overdue since the last time; how many. Call again while it answers more than 0."""
    due_at = TrainingAssignment.due_at
    late = _read(
        due_at,
        due_at <= clock.now(),
        TrainingAssignment.overdue_noted_at.is_(None),
        Enrollment.paused_until.is_(None),  # told on return; the status says Overdue all the while
    )
    if late:
        noted = update(TrainingAssignment).where(TrainingAssignment.id.in_([one.id for one in late]))
        db.session.execute(noted.values(overdue_noted_at=clock.now()), execution_options=BESIDE)
        promise_new([_overdue(one) for one in late])
    for one in late:
        emit(AssignmentOverdue(one))
    return len(late)


def recipient(one: Any) -> Recipient:
    """The learner, from a row with the columns READER."""
    return Recipient(one.name, one.email, one.user_id, one.employee_id, one.language, one.time_zone, one.mobile)


def _due() -> Sequence[Any]:
    """By days as Python counts them: to PostgreSQL 'CET' is an abbreviation without summer time, and what one of them
    took for due and the other did not would be looked at for ever. Anywhere on Earth it is one of three days."""
    day, days = TrainingAssignment.next_reminder_on, {zone: clock.day_begun(zone) for zone in zones()}
    first, *later = sorted(set(days.values()))
    there = [day <= first]
    for one in later:
        names = [zone for zone, today in days.items() if today >= one]
        there.append(and_(day <= one, Employee.time_zone == any_(cast(names, ARRAY(Text)))))
    # The last day alone serves the index.
    return _read(day, day <= max(days.values()), or_(*there), Enrollment.paused_until.is_(None))


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """Every zone somebody may work in."""
    return tuple(sorted(zoneinfo.available_timezones()))


def _read(first: Any, *conditions: Any) -> Sequence[Any]:
    """`first` is the column of the partial index: in any other order PostgreSQL walks all there are."""
    return db.session.execute(
        select(*ASSIGNMENT, *READER, func.coalesce(ContactPreference.digest, False).label("digest"))
        .select_from(TrainingAssignment)
        .join(Employee, Employee.id == TrainingAssignment.employee_id)
        .join(Enrollment, Enrollment.id == TrainingAssignment.enrollment_id)
        .outerjoin(ContactPreference, ContactPreference.employee_id == Employee.id)
        .where(is_open(), *conditions)
        .order_by(first)
        .limit(BATCH)
        .with_for_update(of=TrainingAssignment, skip_locked=True)
    ).all()


def _to_learner(one: Any, policy: Policy, turn: Turn) -> Iterator[dict[str, Any]]:
    step = turn.step
    for channel in step.channels:
        yield promise_row(
            key=f"reminder/assignment/{one.id}/{one.due_on}/{turn.offset}/{step.to_whom}/{channel}",
            channel=channel,
            template="training_reminder",
            to=recipient(one),
            about=("assignment", one.id),
            reason=reason_of(policy, turn),
            link=f"/learn/courses/{one.course_id}",
            mandatory=step.mandatory,
            gathered=one.digest and policy.digest_allowed and channel == "email",
        )


def reason_of(policy: Policy, turn: Turn) -> dict[str, Any]:
    """What a notice keeps of why it was written: the policy, the step, and the day it was meant for."""
    step = turn.step
    kept = {"policy": policy.name, "moment": step.moment.value, "days": step.days + turn.nth * step.every}
    return {**kept, "day": turn.day.isoformat()}


def _overdue(one: Any) -> dict[str, Any]:
    return promise_row(
        key=f"overdue/assignment/{one.id}/{one.due_on}/in_app",
        channel="in_app",
        template="training_overdue",
        to=recipient(one),
        about=("assignment", one.id),
        reason={},
        link=f"/learn/courses/{one.course_id}",
    )


def _counted(keys: Sequence[str]) -> dict[int, int]:
    """How many reminders are new, by assignment: one by two channels is one."""
    told = {key.rpartition("/")[0] for key in keys}
    counts: dict[int, int] = {}
    for key in told:
        assignment_id = int(key.split("/")[2])
        counts[assignment_id] = counts.get(assignment_id, 0) + 1
    return counts


def _turned_back() -> int:
    """Look again at what was looked at on days far ahead: the clock stood wrong. Keys hold what was sent then.

    By a day or two it is left alone: those steps were told, if a little early, and the next one comes on its day.
    """
    here = cast(func.timezone(Employee.time_zone, clock.now()), Date)
    ahead = update(TrainingAssignment).where(
        TrainingAssignment.employee_id == Employee.id,
        TrainingAssignment.reminded_through > clock.now().date() + DAY,  # nowhere is it later
        is_open(),
    )
    back = ahead.values(reminded_through=here - 1, next_reminder_on=here).returning(TrainingAssignment.id)
    return len(db.session.scalars(back, execution_options=BESIDE).all())
