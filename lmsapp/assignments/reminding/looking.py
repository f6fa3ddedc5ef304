"""Keeping what came of a look; and looking again at open assignments whose policy was changed (REM-2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Date, Integer, cast, column, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.policies.models import LookAgain
from lmsapp.assignments.policies.rules import DAY, next_day
from lmsapp.assignments.reminding.planning import looked_through, plan_for
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.people.employees.models import Employee

BATCH = 5000
BESIDE: dict[str, Any] = {"synchronize_session": False}
NOTHING: Mapping[int, int] = {}
Look = tuple[int, dt.date, dt.date | None]  # assignment, looked at through, to be looked at next
ASSIGNMENT = (
    TrainingAssignment.id, TrainingAssignment.course_id, TrainingAssignment.due_on, TrainingAssignment.source,
    TrainingAssignment.assigned_at, TrainingAssignment.reminded_through, TrainingAssignment.next_reminder_on,
)  # fmt: skip


def look_again() -> int:
    """The next open assignments of courses whose reminder policy was changed follow it; how many.

    Nothing is written: steps that lie before today are past, those from today on come on their days. What a pause or a
    missed day holds back stays as it is, and is looked at by the new policy when its time comes. Call again while it
    answers more than 0.
    """
    wanted = select(LookAgain).order_by(LookAgain.asked_at, LookAgain.course_id).limit(1)
    asked = db.session.scalar(wanted.with_for_update(skip_locked=True))
    if asked is None:
        return 0
    rows = _open_of(asked.course_id, asked.after_id)
    plan = plan_for([asked.course_id])
    days = {zone: clock.today(zone) for zone in {one.time_zone for one in rows}}
    looks = []
    for one in rows:
        today = days[one.time_zone]
        if one.next_reminder_on is not None and one.next_reminder_on < today:
            continue
        through = max(looked_through(one.reminded_through, one.assigned_at, one.time_zone), today - DAY)
        looks.append((one.id, through, next_day(plan.turns(one.course_id, one.due_on, one.source), through)))
    keep_looks(looks)
    if len(rows) < BATCH:
        db.session.delete(asked)
    else:
        asked.after_id = rows[-1].id
    db.session.flush()
    return max(len(rows), 1)


def keep_looks(looks: Sequence[Look], counts: Mapping[int, int] = NOTHING) -> None:
    """In one statement; `counts`: how many reminders were promised, by assignment."""
    arrays = (
        cast([one[0] for one in looks], ARRAY(Integer)),
        cast([one[1] for one in looks], ARRAY(Date)),
        cast([one[2] for one in looks], ARRAY(Date)),
        cast([counts.get(one[0], 0) for one in looks], ARRAY(Integer)),
    )
    columns = (column("id", Integer), column("through", Date), column("following", Date), column("sent", Integer))
    said = func.unnest(*arrays).table_valued(*columns, name="said").render_derived()
    kept = {
        "reminded_through": said.c.through,
        "next_reminder_on": said.c.following,
        "reminders_sent": TrainingAssignment.reminders_sent + said.c.sent,
    }
    change = update(TrainingAssignment).where(TrainingAssignment.id == said.c.id).values(kept)
    db.session.execute(change, execution_options=BESIDE)


def _open_of(course_id: int, after_id: int) -> Sequence[Any]:
    """Locked, so that no due date is moved meanwhile; whoever does that follows the new policy anyway."""
    return db.session.execute(
        select(*ASSIGNMENT, Employee.time_zone)
        .join(Employee, Employee.id == TrainingAssignment.employee_id)
        .where(TrainingAssignment.course_id == course_id, TrainingAssignment.id > after_id, is_open())
        .order_by(TrainingAssignment.id)
        .limit(BATCH)
        .with_for_update(of=TrainingAssignment)
    ).all()
