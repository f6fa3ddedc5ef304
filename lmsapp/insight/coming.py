"""What else will be sent in the next days: certifications, texts to sign, tasks of first weeks (REM-8).

The next message about each of them, by the day its own job looks at. Which one follows after it depends on what
happens then.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy import cast as as_type
from sqlalchemy.types import Date

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
from lmsapp.people.queries import employee_ids_visible_to
from lmsapp.people.viewer import Viewer

CERTIFICATION, SIGNATURE, TASK = KINDS = ("certification", "signature", "onboarding task")
MOST = 100


def others(
    viewer: Viewer, first: dt.date, last: dt.date, *, department_id: int | None = None, course_id: int | None = None
) -> dict[dt.date, Counter[str]]:
    """How many of each of KINDS, by day; what is late already counts for `first`. One statement."""
    whole = _all(viewer, first, last, department_id, course_id).subquery()
    found: dict[dt.date, Counter[str]] = {}
    for day, kind, count in db.session.execute(
        select(whole.c.day, whole.c.kind, func.count()).group_by(whole.c.day, whole.c.kind)
    ):
        found.setdefault(day, Counter())[kind] = count
    return found


def others_on(
    viewer: Viewer, day: dt.date, first: dt.date, *, department_id: int | None = None, course_id: int | None = None
) -> Sequence[Any]:
    """Whom a day's other messages are about, the first hundred by name: kind, day, employee_id, name, title."""
    whole = _all(viewer, first, day, department_id, course_id).subquery()
    asked = select(*whole.c).where(whole.c.day == day).order_by(whole.c.kind, whole.c.name).limit(MOST)
    return db.session.execute(asked).all()


def _all(viewer: Viewer, first: dt.date, last: dt.date, department_id: int | None, course_id: int | None) -> Any:
    asked = [_certifications(first, last, course_id)]
    if course_id is None:
        asked += [_signatures(first, last), _tasks(first, last)]
    seen = [Employee.id.in_(employee_ids_visible_to(viewer))]
    if department_id is not None:
        seen.append(Employee.department_id.in_(departments_below([department_id])))
    return union_all(*(one.where(*seen) for one in asked))


def _columns(kind: str, day: Any, title: Any, first: dt.date) -> Select[Any]:
    shown = as_type(func.greatest(day, first), Date).label("day")
    return select(literal(kind).label("kind"), shown, Employee.id.label("employee_id"), Employee.name,
                  title.label("title"))  # fmt: skip


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
