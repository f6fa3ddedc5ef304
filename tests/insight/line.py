"""A line of two levels in which every filter of the team dashboard has something to find."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select, update

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.records.actions import Completed, record_completion
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.employees.models import Employee, ReportingLine
from tests.insight.crowd import Crowd
from tests.kept import kept


@kept
def line(people: int = 12) -> Crowd:
    """Every third person reports to the first one, so to Mark through her; regions, cohorts, one paused, one moving, one
    exempt, one certificate about to end."""
    crowd = Crowd(people)
    first, others = crowd.employees[0], crowd.employees[1:]
    for n, one in enumerate(crowd.employees):
        one.region, one.cohort = ("North", "South", "")[n % 3], ("2025", "2026")[n // 2 % 2]
    for one in others[::3]:
        one.manager_id = first.id
        mine = (ReportingLine.employee_id == one.id, ReportingLine.manager_id == crowd.cast.mark.record.id)
        db.session.execute(update(ReportingLine).where(*mine).values(depth=2))
        db.session.add(ReportingLine(manager_id=first.id, employee_id=one.id, depth=1))
    crowd.departments[1].parent_id = crowd.departments[0].id
    begun = db.session.scalars(_open(crowd.courses[0]).where(TrainingAssignment.started_at.is_not(None))).all()
    enrollments = [db.session.get_one(Enrollment, one.enrollment_id) for one in begun]
    enrollments[0].last_active_at = clock.now() - dt.timedelta(hours=1)
    enrollments[1].paused_until = clock.now().date() + dt.timedelta(days=9)
    exempt = db.session.scalars(_open(crowd.courses[1])).first()
    assert exempt is not None
    exempt.closed_as, exempt.closed_at = "exempt", clock.now()
    _certificate(crowd, crowd.employees[3])
    db.session.commit()
    return crowd


def _open(course: Course):  # type: ignore[no-untyped-def]
    return (
        select(TrainingAssignment)
        .where(
            TrainingAssignment.course_id == course.id,
            TrainingAssignment.completed_at.is_(None),
            TrainingAssignment.due_at > clock.now(),
        )
        .order_by(TrainingAssignment.id)
    )


def _certificate(crowd: Crowd, holder: Employee) -> None:
    course, today = crowd.courses[0], clock.now().date()
    held = select(Enrollment.id).where(Enrollment.employee_id == holder.id, Enrollment.course_id == course.id)
    done = Completed(("course", course.id), course.title, 1, "", 1, [])
    record = record_completion(holder, "", done, at=clock.now(), by=None)
    db.session.flush()
    db.session.add(
        Certificate(
            number="C-1", token="t-1", record_id=record.id, enrollment_id=db.session.scalar(held),
            employee_id=holder.id, course_id=course.id, holder_name=holder.name, title=course.title,
            issued_on=today, valid_until=today + dt.timedelta(days=30),
        )
    )  # fmt: skip
