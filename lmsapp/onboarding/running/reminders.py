"""The daily job: tasks that are due soon or late, to whoever is to do them, once each (REM-1 to REM-3).

It reads only what is due, by a partial index; a notice's key makes each one per task, due date, offset and reader,
whatever is run twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Date, cast, func, select
from sqlalchemy.orm import contains_eager

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.onboarding.running import rules
from lmsapp.onboarding.running.letters import doers_of
from lmsapp.onboarding.running.models import Onboarding, OnboardingTask
from lmsapp.onboarding.running.rules import TaskState
from lmsapp.outreach.notices.actions import notice_row, write_letters
from lmsapp.people.employees.models import Employee

BATCH = 200
TEMPLATE = "onboarding_task_due"


def remind_of_tasks() -> int:
    """Write what is due, at six in the morning where the newcomer is; how many. Call again while it answers more."""
    due = _load()
    rows = []
    for task in due:
        today = clock.today(task.onboarding.employee.time_zone)
        offset = rules.reminder_due(task.due_on, today)
        if offset is not None:
            rows += _rows(task, offset, today)
        task.next_reminder_on = rules.next_reminder(task.kind, task.due_on, today)
    write_letters(rows)
    db.session.flush()
    return len(due)


def task_still_open(task_id: int) -> bool:
    """Asked again just before a reminder is handed over: none after it is done, or the onboarding ended."""
    row = db.session.execute(
        select(OnboardingTask.state, Onboarding.closed_as)
        .join(Onboarding, Onboarding.id == OnboardingTask.onboarding_id)
        .where(OnboardingTask.id == task_id)
    ).one_or_none()
    return row is not None and row.state == TaskState.OPEN and row.closed_as is None


def _load() -> Sequence[OnboardingTask]:
    tomorrow = clock.now().date() + dt.timedelta(days=1)  # somewhere it may be; the index needs a constant
    there = cast(func.timezone(Employee.time_zone, clock.now()) - clock.NIGHT, Date)
    day = OnboardingTask.next_reminder_on
    return db.session.scalars(
        select(OnboardingTask)
        .join(OnboardingTask.onboarding)
        .join(Onboarding.employee)
        .options(contains_eager(OnboardingTask.onboarding).contains_eager(Onboarding.employee))
        .where(
            day <= tomorrow,
            day <= there,
            OnboardingTask.state == TaskState.OPEN,
            Onboarding.closed_as.is_(None),
        )
        .order_by(day, OnboardingTask.id)
        .limit(BATCH)
        .with_for_update(of=OnboardingTask, skip_locked=True)
    ).all()


def _rows(task: OnboardingTask, offset: str, today: dt.date) -> list[dict[str, object]]:
    newcomer = task.onboarding.employee
    values = {
        "title": task.title,
        "newcomer": newcomer.name,
        "for_other": task.who != "employee",
        "due_on": task.due_on,
        "days_left": (task.due_on - today).days,
    }
    return [
        notice_row(
            key=f"onboarding/task/{task.id}/{task.due_on}/{offset}/{to.user_id or to.employee_id}/{channel}",
            channel=channel,
            template=TEMPLATE,
            to=to,
            values=values,
            link=link,
            about=("onboarding_task", task.id),
            reason={"policy": f"onboarding task {offset}"},
        )
        for to, link in doers_of(task.who, newcomer, task.onboarding_id)
        for channel in (("in_app", "email") if to.user_id else ("email",))
    ]
