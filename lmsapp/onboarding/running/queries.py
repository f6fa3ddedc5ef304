"""One onboarding, through the viewer: HR sees all, managers their line, everybody their own, partners theirs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from lmsapp.assignments.expressions import status_at
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.compliance.documents.rules import may_open
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.onboarding.courses.queries import place_of
from lmsapp.onboarding.courses.rules import CourseFacts
from lmsapp.onboarding.running import rules
from lmsapp.onboarding.running.models import Onboarding, OnboardingCourse, OnboardingTask
from lmsapp.onboarding.running.pairing import why_courses_apply
from lmsapp.onboarding.running.rules import Doer, Standing
from lmsapp.onboarding.templates.queries import templates_in_use
from lmsapp.people.employees.models import Department, Employee, ReportingLine
from lmsapp.people.forwhom.queries import department_parents
from lmsapp.people.forwhom.rules import ForWhom, best_for
from lmsapp.people.queries import line_of
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

HR, LINE, OWN, PARTNER = "hr", "line", "own", "partner"


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task as somebody sees it. `theirs`: for them to do. `may_change`: it is not over. `text_id`: what is to be
    signed, while it can be."""

    task: OnboardingTask
    theirs: bool
    may_change: bool
    late: bool
    file_name: str | None
    file_readable: bool
    text_id: int | None

    @property
    def state(self) -> str:
        """As `rules.TaskState`."""
        return self.task.state


@dataclass(frozen=True, slots=True)
class OnboardingView:
    """One onboarding with all in it. `courses` have: course_id, title, assignment_id, status, due_on, progress,
    completed_on, why_not, detail. `doer`: who looks."""

    onboarding: Onboarding
    employee: Employee
    department: str | None
    manager: str | None
    partner: str | None
    tasks: Sequence[TaskView]
    courses: Sequence[Any]
    standing: Standing
    doer: Doer
    today: dt.date

    @property
    def counted(self) -> list[TaskView]:
        """What counts for progress: the required tasks, or all where none is required."""
        return [one for one in self.tasks if one.task.required] or list(self.tasks)

    @property
    def done(self) -> int:
        """How many of those that count are done or waived."""
        return sum(one.state in rules.FINISHED for one in self.counted)


def doer_of(viewer: Viewer, employee: Employee) -> Doer:
    """Who the viewer is to the newcomer. One statement for those who lead anybody."""
    leads = viewer.leads and bool(
        db.session.scalar(
            select(
                exists().where(ReportingLine.manager_id == viewer.employee_id, ReportingLine.employee_id == employee.id)
            )
        )
    )
    known = viewer.employee_id is not None
    return Doer(
        own=known and employee.id == viewer.employee_id,
        leads=leads,
        hr=viewer.may(May.KEEP_RECORDS),
        partner=known and employee.hr_partner_id == viewer.employee_id,
    )


def scope(viewer: Viewer, *wanted: str) -> ColumnElement[bool]:
    """Whose onboardings are meant: 'hr' (everybody's, if the viewer keeps records), 'line', 'own', 'partner'."""
    conditions = {
        HR: Onboarding.id.is_not(None) if viewer.may(May.KEEP_RECORDS) else Onboarding.id.is_(None),
        LINE: Onboarding.employee_id.in_(line_of(viewer)),
        OWN: Onboarding.employee_id == viewer.employee_id,
        PARTNER: Onboarding.employee_id.in_(select(Employee.id).where(Employee.hr_partner_id == viewer.employee_id)),
    }
    return or_(*(conditions[one] for one in wanted))


def not_over() -> ColumnElement[bool]:
    """As `rules.may_change`, of a task joined to its onboarding."""
    optional = and_(Onboarding.closed_as == "completed", ~OnboardingTask.required)
    return or_(Onboarding.closed_as.is_(None), optional)


def onboarding_for(viewer: Viewer, onboarding_id: int, *wanted: str) -> Onboarding | None:
    """One of those meant by `scope`, its employee loaded."""
    return db.session.scalars(
        select(Onboarding)
        .join(Onboarding.employee)
        .options(contains_eager(Onboarding.employee))
        .where(Onboarding.id == onboarding_id, scope(viewer, *wanted))
    ).one_or_none()


def latest_of(viewer: Viewer, employee_id: int) -> Any:
    """The newest onboarding of an employee, for HR's page of them: id, closed_as, started_on; or None."""
    return db.session.execute(
        select(Onboarding.id, Onboarding.closed_as, Onboarding.started_on)
        .where(Onboarding.employee_id == employee_id, scope(viewer, HR, LINE, OWN))
        .order_by(Onboarding.id.desc())
        .limit(1)
    ).one_or_none()


def task_for(viewer: Viewer, task_id: int, *wanted: str) -> OnboardingTask | None:
    """A task of one of those, onboarding, employee, type and file loaded."""
    return db.session.scalars(
        select(OnboardingTask)
        .join(OnboardingTask.onboarding)
        .join(Onboarding.employee)
        .options(
            contains_eager(OnboardingTask.onboarding).contains_eager(Onboarding.employee),
            joinedload(OnboardingTask.document_type),
            joinedload(OnboardingTask.file),
        )
        .where(OnboardingTask.id == task_id, scope(viewer, *wanted))
    ).one_or_none()


def may_read_file(viewer: Viewer, task: OnboardingTask) -> bool:
    """What was handed in is read as the employee file is: by its type; and by whoever is to hand it in."""
    if task.file is None or task.document_type is None:
        return False
    doer = doer_of(viewer, task.onboarding.employee)
    visible = may_open(task.document_type.visible_to, keeps_records=doer.hr, leads=doer.leads, own=doer.own)
    return visible or (task.done_by_id is None and rules.is_theirs(task.who, doer))


def onboarding_view(viewer: Viewer, onboarding_id: int, *wanted: str) -> OnboardingView | None:
    """With tasks and courses. Four statements, whatever is in it."""
    manager, partner = aliased(Employee), aliased(Employee)
    row = db.session.execute(
        select(Onboarding, Employee, Department.name, manager.name, partner.name)
        .join(Employee, Employee.id == Onboarding.employee_id)
        .outerjoin(Department, Department.id == Employee.department_id)
        .outerjoin(manager, manager.id == Employee.manager_id)
        .outerjoin(partner, partner.id == Employee.hr_partner_id)
        .where(Onboarding.id == onboarding_id, scope(viewer, *wanted))
    ).one_or_none()
    if row is None:
        return None
    onboarding, employee, department, boss, hr_partner = row
    doer, now = doer_of(viewer, employee), clock.now()
    tasks = _tasks(onboarding, doer, now)
    today = clock.today(employee.time_zone)
    late = any(one.late for one in tasks)
    return OnboardingView(
        onboarding,
        employee,
        department,
        boss,
        hr_partner,
        tasks,
        _courses(onboarding.id, now),
        rules.standing(onboarding.closed_as, late=late, first_day=onboarding.first_day, today=today),
        doer,
        today,
    )


@dataclass(frozen=True, slots=True)
class Changed:
    """What would be different if it began now: the template that fits best, and courses that apply by now."""

    template: str | None
    courses: list[CourseFacts]


def changed_since(onboarding: Onboarding, employee: Employee) -> Changed:
    """For HR, who decides: nothing changes by itself when somebody moves."""
    known = {one.id: one for one in templates_in_use()}
    place = place_of(employee, department_parents())
    candidates = [(key, ForWhom.from_json(one.for_whom)) for key, one in known.items()]
    default = next((key for key, one in known.items() if one.is_default), None)
    best = best_for(place, candidates, default)
    other = best is not None and best != onboarding.template_id
    onboarding.employee = employee
    return Changed(known[best].name if other and best is not None else None, why_courses_apply(onboarding))


def _tasks(onboarding: Onboarding, doer: Doer, now: dt.datetime) -> list[TaskView]:
    tasks = db.session.scalars(
        select(OnboardingTask)
        .where(OnboardingTask.onboarding_id == onboarding.id)
        .options(
            joinedload(OnboardingTask.document_type),
            joinedload(OnboardingTask.file),
            joinedload(OnboardingTask.request),
        )
        .order_by(OnboardingTask.due_on, OnboardingTask.position, OnboardingTask.id)
    )
    return [_task_view(task, onboarding, doer, now) for task in tasks]


def _task_view(task: OnboardingTask, onboarding: Onboarding, doer: Doer, now: dt.datetime) -> TaskView:
    theirs = rules.is_theirs(task.who, doer)
    visible = task.document_type is not None and may_open(
        task.document_type.visible_to, keeps_records=doer.hr, leads=doer.leads, own=doer.own
    )
    request = task.request
    can_sign = request is not None and request.withdrawn_at is None and request.signature_id is None
    return TaskView(
        task,
        theirs=theirs,
        may_change=rules.may_change(onboarding.closed_as, task.required),
        late=onboarding.closed_as is None and task.state == "open" and task.due_at <= now,
        file_name=task.file.name if task.file else None,
        file_readable=task.file is not None and (visible or (theirs and task.state == "waiting")),
        text_id=request.text_id if request is not None and can_sign else None,
    )


def _courses(onboarding_id: int, now: dt.datetime) -> Sequence[Any]:
    return db.session.execute(
        select(
            OnboardingCourse.course_id,
            Course.title,
            OnboardingCourse.assignment_id,
            status_at(now).label("status"),
            TrainingAssignment.due_on,
            TrainingAssignment.completed_on,
            Enrollment.progress,
            OnboardingCourse.why_not,
            OnboardingCourse.detail,
        )
        .join(Course, Course.id == OnboardingCourse.course_id)
        .outerjoin(TrainingAssignment, TrainingAssignment.id == OnboardingCourse.assignment_id)
        .outerjoin(Enrollment, Enrollment.id == TrainingAssignment.enrollment_id)
        .where(OnboardingCourse.onboarding_id == onboarding_id)
        .order_by(
            OnboardingCourse.assignment_id.is_(None), TrainingAssignment.due_on, func.lower(Course.title), Course.id
        )
    ).all()


def own_latest(viewer: Viewer) -> int | None:
    """The id of the viewer's own newest onboarding that was not cancelled, or None."""
    return db.session.scalar(
        select(Onboarding.id)
        .where(
            Onboarding.employee_id == viewer.employee_id,
            or_(Onboarding.closed_as.is_(None), Onboarding.closed_as != "cancelled"),
        )
        .order_by(Onboarding.id.desc())
        .limit(1)
    )
