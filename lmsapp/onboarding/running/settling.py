"""What follows when something in an onboarding changed: its training task, and whether it is complete now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import contains_eager

from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.evidence.audit.actions import SYSTEM, record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.onboarding.running import rules
from lmsapp.onboarding.running.events import OnboardingCompleted
from lmsapp.onboarding.running.models import Onboarding, OnboardingCourse, OnboardingTask
from lmsapp.onboarding.running.rules import TaskState
from lmsapp.onboarding.templates.rules import Kind
from lmsapp.people.viewer import Viewer


def lock(onboarding_id: int) -> Onboarding:
    """The onboarding, its employee loaded, held until commit: whoever else changes it waits here."""
    return db.session.scalars(
        select(Onboarding)
        .join(Onboarding.employee)
        .options(contains_eager(Onboarding.employee))
        .where(Onboarding.id == onboarding_id)
        .with_for_update(of=Onboarding)
        .execution_options(populate_existing=True)
    ).one()


def settle(onboardings: Sequence[Onboarding], by: Viewer | None) -> None:
    """Bring training tasks in line with the courses, then complete what is complete. Employees are loaded."""
    db.session.flush()
    running = {one.id: one for one in onboardings if one.closed_as is None}
    if running:
        _settle_training(running)
        _complete(running, by)


def _settle_training(running: dict[int, Onboarding]) -> None:
    """Done when no paired course is open; open again, with the latest due date, when one was added."""
    left = _open_courses(running)
    tasks = db.session.scalars(
        select(OnboardingTask).where(
            OnboardingTask.onboarding_id.in_(running),
            OnboardingTask.kind == Kind.TRAINING,
            OnboardingTask.state.in_((TaskState.OPEN, TaskState.DONE)),
        )
    )
    for task in tasks:
        last = left.get(task.onboarding_id)
        if last is None and task.state == TaskState.OPEN:
            task.state, task.done_at, task.done_by_name = TaskState.DONE, clock.now(), SYSTEM
        elif last is not None:
            if task.state == TaskState.DONE:
                task.state, task.done_at, task.done_by_name = TaskState.OPEN, None, ""
            task.due_on = last
            task.due_at = clock.end_of_day(last, running[task.onboarding_id].employee.time_zone)
    db.session.flush()


def _open_courses(onboarding_ids: Collection[int]) -> dict[int, Any]:
    """Onboarding id -> the latest due date of its courses that are still to be completed; none: not in it."""
    rows = db.session.execute(
        select(OnboardingCourse.onboarding_id, func.max(TrainingAssignment.due_on).label("last"))
        .join(TrainingAssignment, TrainingAssignment.id == OnboardingCourse.assignment_id)
        .where(OnboardingCourse.onboarding_id.in_(onboarding_ids), is_open())
        .group_by(OnboardingCourse.onboarding_id)
    )
    return {row.onboarding_id: row.last for row in rows}


def _complete(running: dict[int, Onboarding], by: Viewer | None) -> None:
    tasks: dict[int, list[tuple[bool, str]]] = {}
    for row in db.session.execute(
        select(OnboardingTask.onboarding_id, OnboardingTask.required, OnboardingTask.state).where(
            OnboardingTask.onboarding_id.in_(running)
        )
    ):
        tasks.setdefault(row.onboarding_id, []).append((row.required, row.state))
    complete = [running[key] for key, states in tasks.items() if rules.is_complete(states)]
    for one in complete:
        close(one, "completed", by=by)
        emit(OnboardingCompleted(one))


def close(onboarding: Onboarding, closed_as: str, *, by: Viewer | None, reason: str = "") -> None:
    """End it; nobody is reminded of anything in it any more."""
    onboarding.closed_as, onboarding.closed_at, onboarding.close_reason = closed_as, clock.now(), reason
    db.session.execute(
        update(OnboardingTask).where(OnboardingTask.onboarding_id == onboarding.id).values(next_reminder_on=None)
    )
    after = {"closed_as": closed_as, "employee_id": onboarding.employee_id}
    record_change(f"onboarding {closed_as}", ("onboarding", onboarding.id), by=by, after=after, reason=reason)
    db.session.flush()
