"""What onboardings write: welcome, your new colleague, look at this, send it again, all done. Unique by what each
stands for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from lmsapp.assignments.letters import write_assigned
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.onboarding.running.events import OnboardingCompleted, OnboardingsStarted, TaskHandedIn, TaskSentBack
from lmsapp.onboarding.running.models import Onboarding, OnboardingCourse, OnboardingTask
from lmsapp.onboarding.running.rules import TaskState
from lmsapp.outreach.notices.actions import notice_row, write_letters
from lmsapp.outreach.notices.recipient import Recipient, recipient_for, recipient_of
from lmsapp.people.accounts.models import User, UserRole
from lmsapp.people.employees.models import Employee
from lmsapp.people.roles import Role

KIND = "onboarding"
OWN_PAGE = "/learn/onboarding"
FOR_OTHERS = "/learn/onboarding/others"


def welcome(event: OnboardingsStarted) -> None:
    """One letter for each newcomer, with all they are to do and learn; one for each manager, with all who are new."""
    running = [one for one in event.onboardings if one.closed_as is None]
    if not running:
        return
    ids = [one.id for one in running]
    tasks, courses = _open_tasks(ids), _courses(ids)
    rows = []
    for one in running:
        rows += _welcome_rows(one, tasks.get(one.id, []), courses.get(one.id, []), "started")
    write_letters([*rows, *_manager_rows(running, tasks)])


def welcome_late(onboarding: Onboarding) -> None:
    """To somebody who had no address when it started."""
    tasks, courses = _open_tasks([onboarding.id]), _courses([onboarding.id])
    rows = _welcome_rows(onboarding, tasks.get(onboarding.id, []), courses.get(onboarding.id, []), "account")
    write_letters(rows)


def tell_of_courses(assignment_ids: Sequence[int]) -> None:
    """Courses that were added later, by the letter every assignment writes."""
    found = db.session.scalars(
        select(TrainingAssignment)
        .join(TrainingAssignment.employee)
        .join(TrainingAssignment.course)
        .options(contains_eager(TrainingAssignment.employee), contains_eager(TrainingAssignment.course))
        .where(TrainingAssignment.id.in_(assignment_ids))
    )
    for one in found if assignment_ids else ():
        write_assigned(one)


def tell_handed_in(event: TaskHandedIn) -> None:
    """To HR, who has to look at it: in the product each time, by e-mail once a day for each newcomer."""
    task: OnboardingTask = event.task
    newcomer, at = task.onboarding.employee, clock.now()
    each = f"onboarding/task/{task.id}/handed-in/{task.file_id}/{int(at.timestamp())}"
    day = f"onboarding/{task.onboarding_id}/handed-in/{clock.today(newcomer.time_zone)}"
    rows = [
        notice_row(
            key=f"{key}/{to.user_id}/{channel}",
            channel=channel,
            template="onboarding_handed_in",
            to=to,
            values={"title": task.title, "newcomer": newcomer.name},
            link=f"{link}#task-{task.id}",
            about=("onboarding_task", task.id),
        )
        for to, link in doers_of("hr", newcomer, task.onboarding_id)
        if to.user_id != event.by.user_id
        for key, channel in ((each, "in_app"), (day, "email"))
    ]
    write_letters(rows)


def tell_sent_back(event: TaskSentBack) -> None:
    """To whoever is to hand it in again; each time anew."""
    task: OnboardingTask = event.task
    newcomer = task.onboarding.employee
    values = {"title": task.title, "note": task.reason, "newcomer": newcomer.name, "due_on": task.due_on}
    for to, link in doers_of(task.who, newcomer, task.onboarding_id):
        own = {"for_other": task.who != "employee"}
        key = f"onboarding/task/{task.id}/sent-back/{event.file_id}/{to.user_id or to.employee_id}"
        _write("onboarding_sent_back", key, to, values | own, link, ("onboarding_task", task.id))


def tell_completed(event: OnboardingCompleted) -> None:
    """To the newcomer, the manager and HR: once."""
    one: Onboarding = event.onboarding
    newcomer = one.employee
    everybody = [
        ("employee", recipient_of(newcomer), OWN_PAGE),
        *(("manager", to, link) for to, link in doers_of("manager", newcomer, one.id)),
        *(("hr", to, link) for to, link in doers_of("hr", newcomer, one.id)),
    ]
    told: set[int | None] = set()
    for audience, to, link in everybody:
        if to.user_id in told and to.user_id is not None:
            continue
        told.add(to.user_id)
        values = {"title": newcomer.name, "newcomer": newcomer.name, "audience": audience}
        key = f"onboarding/{one.id}/completed/{to.user_id or to.employee_id or to.address}"
        _write("onboarding_completed", key, to, values, link, (KIND, one.id))


def doers_of(who: str, newcomer: Employee, onboarding_id: int) -> list[tuple[Recipient, str]]:
    """Whom to write to about a task, and where it leads them. HR: the partner named in the record, else all of HR."""
    if who == "employee":
        return [(recipient_of(newcomer), OWN_PAGE)]
    if who == "manager":
        manager = db.session.get(Employee, newcomer.manager_id) if newcomer.manager_id else None
        if manager is not None and manager.status == "active":
            return [(recipient_of(manager), f"/team/onboarding/{onboarding_id}")]
        return _hr(newcomer, onboarding_id)  # somebody must hear of it
    if who == "partner":
        partner = db.session.get(Employee, newcomer.hr_partner_id) if newcomer.hr_partner_id else None
        if partner is not None and partner.status == "active":
            return [(recipient_of(partner), FOR_OTHERS)]
    return _hr(newcomer, onboarding_id)


def _hr(newcomer: Employee, onboarding_id: int) -> list[tuple[Recipient, str]]:
    link = f"/hr/onboarding/{onboarding_id}"
    users = db.session.scalars(
        select(User)
        .join(UserRole, UserRole.user_id == User.id)
        .where(UserRole.role == Role.HR_MANAGER.value, User.active)
        .order_by(User.id)
    ).all()
    partner = db.session.get(Employee, newcomer.hr_partner_id) if newcomer.hr_partner_id else None
    named = [user for user in users if partner is not None and user.id == partner.user_id]
    return [(recipient_for(user), link) for user in named or users]


def _welcome_rows(one: Onboarding, tasks: list[Any], courses: list[Any], why: str) -> list[dict[str, Any]]:
    newcomer = one.employee
    values = {
        "title": newcomer.name,
        "first_day": one.first_day,
        "tasks": [(task.title, task.due_on) for task in tasks if task.who == "employee" and task.kind != "training"],
        "courses": [(course.title, course.due_on) for course in courses],
    }
    to = recipient_of(newcomer)
    channels = ("in_app", "email") if to.user_id else ("email",)
    return [
        notice_row(
            key=f"onboarding/{one.id}/{why}/employee/{channel}",
            channel=channel,
            template="onboarding_started",
            to=to,
            values=values,
            link=OWN_PAGE,
            about=(KIND, one.id),
            reason={"why": "onboarding started"},
        )
        for channel in channels
    ]


def _manager_rows(running: Sequence[Onboarding], tasks: dict[int, list[Any]]) -> list[dict[str, Any]]:
    by_manager: dict[int, list[Onboarding]] = {}
    for one in running:
        if one.employee.manager_id is not None:
            by_manager.setdefault(one.employee.manager_id, []).append(one)
    managers = db.session.scalars(
        select(Employee).where(Employee.id.in_(by_manager), Employee.status == "active").order_by(Employee.id)
    )
    rows = []
    for manager in managers:
        theirs = by_manager[manager.id]
        rows += [_manager_row(manager, theirs, tasks, channel) for channel in _channels(manager)]
    return rows


def _manager_row(
    manager: Employee, theirs: list[Onboarding], tasks: dict[int, list[Any]], channel: str
) -> dict[str, Any]:
    people = [
        {
            "name": one.employee.name,
            "job_role": one.employee.job_role,
            "first_day": one.first_day,
            "tasks": [(task.title, task.due_on) for task in tasks.get(one.id, ()) if task.who == "manager"],
        }
        for one in theirs
    ]
    first = theirs[0]
    return notice_row(
        key=f"onboarding/{first.id}/started/manager/{manager.id}/{channel}",
        channel=channel,
        template="onboarding_new_colleague",
        to=recipient_of(manager),
        values={"title": first.employee.name, "people": people},
        link=f"/team/onboarding/{first.id}" if len(theirs) == 1 else "/team/onboarding",
        about=(KIND, first.id),
        reason={"why": "onboarding started"},
    )


def _channels(employee: Employee) -> Iterable[str]:
    return ("in_app", "email") if employee.user_id else ("email",)


def _open_tasks(ids: Sequence[int]) -> dict[int, list[Any]]:
    rows = db.session.execute(
        select(
            OnboardingTask.onboarding_id,
            OnboardingTask.title,
            OnboardingTask.who,
            OnboardingTask.kind,
            OnboardingTask.due_on,
        )
        .where(OnboardingTask.onboarding_id.in_(ids), OnboardingTask.state == TaskState.OPEN)
        .order_by(OnboardingTask.onboarding_id, OnboardingTask.due_on, OnboardingTask.position)
    )
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.onboarding_id, []).append(row)
    return found


def _courses(ids: Sequence[int]) -> dict[int, list[Any]]:
    rows = db.session.execute(
        select(OnboardingCourse.onboarding_id, Course.title, TrainingAssignment.due_on)
        .join(Course, Course.id == OnboardingCourse.course_id)
        .join(TrainingAssignment, TrainingAssignment.id == OnboardingCourse.assignment_id)
        .where(OnboardingCourse.onboarding_id.in_(ids), TrainingAssignment.completed_at.is_(None))
        .order_by(OnboardingCourse.onboarding_id, TrainingAssignment.due_on, Course.title)
    )
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.onboarding_id, []).append(row)
    return found


def _write(template: str, key: str, to: Recipient, values: dict[str, Any], link: str, about: tuple[str, int]) -> None:
    rows = [
        notice_row(
            key=f"{key}/{channel}", channel=channel, template=template, to=to, values=values, link=link, about=about
        )
        for channel in (("in_app", "email") if to.user_id else ("email",))
    ]
    write_letters(rows)
