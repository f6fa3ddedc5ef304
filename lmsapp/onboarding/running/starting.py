"""Starting onboardings, one or hundreds, in the same few statements (ORG-6).

Twice changes nothing the second time; of two at the same moment the second waits at the unique index and then finds
the first one's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm.attributes import set_committed_value

from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.onboarding.courses.queries import place_of
from lmsapp.onboarding.courses.rules import first_day
from lmsapp.onboarding.running import rules
from lmsapp.onboarding.running.asking import ask_for_signatures
from lmsapp.onboarding.running.events import OnboardingsStarted
from lmsapp.onboarding.running.models import OPEN, Onboarding, OnboardingTask
from lmsapp.onboarding.running.pairing import pair_courses
from lmsapp.onboarding.running.settling import settle
from lmsapp.onboarding.templates.models import OnboardingTemplate, TemplateTask
from lmsapp.onboarding.templates.queries import tasks_by_template, templates_in_use
from lmsapp.onboarding.templates.rules import Kind, due_date
from lmsapp.people.calendar.queries import holidays
from lmsapp.people.employees.models import Employee
from lmsapp.people.forwhom.queries import department_parents
from lmsapp.people.forwhom.rules import ForWhom, best_for
from lmsapp.people.viewer import Viewer

TRAINING_ALONE = N_("Mandatory training")


@dataclass(frozen=True, slots=True)
class Started:
    """What came of it: ids of new onboardings, and of employees who have or had one, or have left."""

    created: tuple[int, ...]
    already: tuple[int, ...]


def start_onboardings(
    employees: Sequence[Employee],
    by: Viewer | None,
    *,
    source: str = "hand",
    template: OnboardingTemplate | None = None,
    again: bool = False,
) -> Started:
    """Start for all who have none; from `template`, or for each from the one that fits best.

    Whoever completed one before is passed over, unless it is to be done `again`.
    """
    wanted = [one for one in employees if one.status == "active"]
    if not again:
        done = _completed([one.id for one in wanted])
        wanted = [one for one in wanted if one.id not in done]
    chosen = _choose(wanted, template)
    created = _insert(wanted, chosen, by, source)
    if created:
        pair_courses(created, by)
        _write_tasks(created)
        ask_for_signatures(created, by)
        settle(created, by)
        emit(OnboardingsStarted(tuple(created), by))
    got = {one.employee_id for one in created}
    return Started(tuple(one.id for one in created), tuple(one.id for one in employees if one.id not in got))


def start_onboarding(
    employee: Employee, by: Viewer, *, template: OnboardingTemplate | None = None, again: bool = False
) -> Onboarding | None:
    """The same for one; None when they have one already. Raises RuleBroken when they have left."""
    if employee.status != "active":
        raise RuleBroken(N_("%(name)s has left. Nobody who has left is onboarded."), name=employee.name)
    started = start_onboardings([employee], by, template=template, again=again)
    return db.session.get_one(Onboarding, started.created[0]) if started.created else None


def _completed(employee_ids: Sequence[int]) -> set[int]:
    statement = select(Onboarding.employee_id).where(
        Onboarding.employee_id.in_(employee_ids), Onboarding.closed_as == "completed"
    )
    return set(db.session.scalars(statement)) if employee_ids else set()


def _choose(employees: Sequence[Employee], template: OnboardingTemplate | None) -> dict[int, OnboardingTemplate | None]:
    if template is not None:
        return {one.id: template for one in employees}
    known = {one.id: one for one in templates_in_use()}
    candidates = [(key, ForWhom.from_json(one.for_whom)) for key, one in known.items()]
    default = next((key for key, one in known.items() if one.is_default), None)
    parents = department_parents()
    best = {one.id: best_for(place_of(one, parents), candidates, default) for one in employees}
    return {key: known[found] if found is not None else None for key, found in best.items()}


def _insert(
    employees: Sequence[Employee], chosen: dict[int, OnboardingTemplate | None], by: Viewer | None, source: str
) -> list[Onboarding]:
    rows = []
    for one in employees:
        template, today = chosen[one.id], clock.today(one.time_zone)
        rows.append(
            {
                "employee_id": one.id,
                "template_id": template.id if template else None,
                "template_name": template.name if template else "",
                "source": source,
                "started_on": today,
                "first_day": first_day(today, one.hire_date),
                "started_at": clock.now(),
                "started_by_id": by.user_id if by else None,
                "started_by_name": by.name if by else "",
                "close_reason": "",
            }
        )
    if not rows:
        return []
    new = insert(Onboarding).on_conflict_do_nothing(index_elements=["employee_id"], index_where=OPEN)
    created = list(db.session.scalars(new.returning(Onboarding), rows))
    by_id = {one.id: one for one in employees}
    for onboarding in created:
        set_committed_value(onboarding, "employee", by_id[onboarding.employee_id])
        after = {"employee_id": onboarding.employee_id, "template": onboarding.template_name, "source": source}
        record_change("onboarding started", ("onboarding", onboarding.id), by=by, after=after)
    return created


def _write_tasks(onboardings: Sequence[Onboarding]) -> None:
    """Copies, so that a running onboarding keeps the tasks it began with."""
    templates = tasks_by_template({one.template_id for one in onboardings if one.template_id})
    free = holidays()
    rows = [
        _task_row(onboarding, position, task, free)
        for onboarding in onboardings
        for position, task in enumerate(_tasks_of(templates, onboarding), 1)
    ]
    # With nulls written out every row has the same columns, and all go in one statement.
    db.session.execute(insert(OnboardingTask), rows, execution_options={"render_nulls": True})


def _tasks_of(templates: dict[int, list[TemplateTask]], onboarding: Onboarding) -> Sequence[TemplateTask]:
    """Without a template the mandatory training is what there is to do."""
    alone = TemplateTask(title=TRAINING_ALONE, who="employee", kind=Kind.TRAINING, days=0, counted_from="start")
    alone.instructions_html, alone.required = "", True
    return templates.get(onboarding.template_id or 0) or [alone]


def _task_row(onboarding: Onboarding, position: int, task: TemplateTask, free: frozenset[dt.date]) -> dict[str, Any]:
    employee = onboarding.employee
    due_on = due_date(
        task.days, task.counted_from, hired=employee.hire_date, started=onboarding.started_on, holidays=free
    )
    return {
        "onboarding_id": onboarding.id,
        "position": position,
        "template_task_id": task.id,
        "title": task.title,
        "instructions_html": task.instructions_html,
        "who": task.who,
        "kind": task.kind,
        "required": task.required,
        "document_type_id": task.document_type_id,
        "due_on": due_on,
        "due_at": clock.end_of_day(due_on, employee.time_zone),
        "state": "open",
        "note": "",
        "reason": "",
        "done_by_name": "",
        "next_reminder_on": rules.next_reminder(task.kind, due_on, onboarding.started_on),
    }
