"""What else will be sent in the next days: what becomes overdue, certifications, texts to sign, tasks (REM-8).

The next message about each of them, by the day its own job looks at. Which one follows after it depends on what
happens then.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, union_all
from sqlalchemy import cast as as_type
from sqlalchemy.types import Date

from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.compliance.policies.rules import SOURCE
from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.catalogue.rules import CourseStatus
from lmsapp.evidence.signatures.models import SignatureRequest, SigningText
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.validity.models import CertificationPeriod
from lmsapp.onboarding.running.models import Onboarding, OnboardingTask
from lmsapp.onboarding.running.rules import TaskState
from lmsapp.people.employees.models import Employee
from lmsapp.people.organisation.queries import departments_below
from lmsapp.people.queries import SEES_EVERYBODY, employee_ids_visible_to
from lmsapp.people.viewer import Viewer

OVERDUE, CERTIFICATION, SIGNATURE, TASK = KINDS = ("overdue", "certification", "signature", "onboarding task")
MOST = 100


@dataclass(frozen=True, slots=True)
class Whose:
    """Empty: of everybody the viewer may see."""

    department_id: int | None = None
    course_id: int | None = None
    employee_id: int | None = None


def others(viewer: Viewer, first: dt.date, last: dt.date, whose: Whose) -> dict[dt.date, Counter[str]]:
    """How many of each of KINDS, by day; what is late already counts for `first`. One statement."""
    whole = _all(viewer, first, last, whose).subquery()
    found: dict[dt.date, Counter[str]] = {}
    for day, kind, count in db.session.execute(
        select(whole.c.day, whole.c.kind, func.count()).group_by(whole.c.day, whole.c.kind)
    ):
        found.setdefault(day, Counter())[kind] = count
    return found


def others_to(viewer: Viewer, employee_id: int, first: dt.date, last: dt.date) -> Sequence[Any]:
    """What else is told about one person, by day; columns as `others_on`."""
    whole = _all(viewer, first, last, Whose(employee_id=employee_id)).subquery()
    return db.session.execute(select(*whole.c).order_by(whole.c.day, whole.c.kind).limit(MOST)).all()


def others_on(viewer: Viewer, day: dt.date, first: dt.date, whose: Whose) -> Sequence[Any]:
    """Whom a day's other messages are about, the first hundred by name: kind, day, employee_id, name, title."""
    whole = _all(viewer, first, day, whose).subquery()
    asked = select(*whole.c).where(whole.c.day == day).order_by(whole.c.kind, whole.c.name).limit(MOST)
    return db.session.execute(asked).all()


def _all(viewer: Viewer, first: dt.date, last: dt.date, whose: Whose) -> Any:
    asked = [_overdue(first, last, whose.course_id), _certifications(first, last, whose.course_id)]
    if whose.course_id is None:
        asked += [_signatures(first, last), _tasks(first, last)]
    everybody = viewer.may(*SEES_EVERYBODY)
    seen: list[ColumnElement[bool]] = [] if everybody else [Employee.id.in_(employee_ids_visible_to(viewer))]
    if whose.employee_id is not None:
        seen.append(Employee.id == whose.employee_id)
    if whose.department_id is not None:
        seen.append(Employee.department_id.in_(departments_below([whose.department_id])))
    return union_all(*(one.where(*seen) for one in asked))


def _columns(kind: str, day: Any, title: Any, first: dt.date) -> Select[Any]:
    shown = as_type(func.greatest(day, first), Date).label("day")
    return select(literal(kind).label("kind"), shown, Employee.id.label("employee_id"), Employee.name,
                  title.label("title"))  # fmt: skip


def _overdue(first: dt.date, last: dt.date, course_id: int | None) -> Select[Any]:
    """The notice in the product on the day after the due date."""
    asked = (
        _columns(OVERDUE, TrainingAssignment.due_on + 1, Course.title, first)
        .select_from(TrainingAssignment)
        .join(TrainingAssignment.employee)
        .join(TrainingAssignment.course)
        .join(TrainingAssignment.enrollment)
        .where(
            is_open(),
            TrainingAssignment.overdue_noted_at.is_(None),
            TrainingAssignment.due_on < last,
            Enrollment.paused_until.is_(None),
        )
    )
    return asked if course_id is None else asked.where(TrainingAssignment.course_id == course_id)


def _certifications(first: dt.date, last: dt.date, course_id: int | None) -> Select[Any]:
    day = CertificationPeriod.next_look_on
    asked = (
        _columns(CERTIFICATION, day, Course.title, first)
        .select_from(CertificationPeriod)
        .join(CertificationPeriod.employee)
        .join(CertificationPeriod.course)
        .join(CertificationPeriod.enrollment)
        .where(
            CertificationPeriod.is_current,
            CertificationPeriod.revoked_at.is_(None),
            day <= last,
            Employee.status == "active",
            Enrollment.withdrawn_at.is_(None),
            Enrollment.paused_until.is_(None),
            Course.status == CourseStatus.PUBLISHED,
        )
    )
    return asked if course_id is None else asked.where(CertificationPeriod.course_id == course_id)


def _signatures(first: dt.date, last: dt.date) -> Select[Any]:
    day = SignatureRequest.next_reminder_on
    return (
        _columns(SIGNATURE, day, SigningText.title, first)
        .select_from(SignatureRequest)
        .join(SignatureRequest.employee)
        .join(SignatureRequest.text)
        .where(
            SignatureRequest.signature_id.is_(None),
            SignatureRequest.withdrawn_at.is_(None),
            SignatureRequest.source_kind == SOURCE,
            day <= last,
        )
    )


def _tasks(first: dt.date, last: dt.date) -> Select[Any]:
    day = OnboardingTask.next_reminder_on
    return (
        _columns(TASK, day, OnboardingTask.title, first)
        .select_from(OnboardingTask)
        .join(OnboardingTask.onboarding)
        .join(Onboarding.employee)
        .where(day <= last, OnboardingTask.state == TaskState.OPEN, Onboarding.closed_as.is_(None))
    )
