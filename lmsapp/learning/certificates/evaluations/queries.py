"""What evaluators see: completions that wait for their verdict, in the scope of grading, never their own (CRT-1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, true
from sqlalchemy.orm import contains_eager

from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra.db import db
from lmsapp.learning.certificates.evaluations.models import CertificateEvaluation
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.grading.scope import in_scope
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.viewer import Viewer

PAGE = 50


@dataclass(frozen=True, slots=True)
class EvaluationPage:
    """Rows: id, state, asked_at, decided_at, decided_by_name, reason, course_id, course, name, number, job_role,
    department, score, how, occurred_at."""

    rows: Sequence[Any]
    total: int
    number: int
    size: int = PAGE


def evaluable_by(viewer: Viewer) -> ColumnElement[bool]:
    """On Enrollment and Course joined."""
    own = true() if viewer.employee_id is None else Enrollment.employee_id != viewer.employee_id
    return and_(in_scope(viewer), own)


def list_evaluations(viewer: Viewer, state: str, search: str = "", number: int = 1) -> EvaluationPage:
    """Of one state; what waits oldest first, the rest newest first. Two statements."""
    wanted = [CertificateEvaluation.state == state, evaluable_by(viewer)]
    for word in search.split()[:8]:
        hit = (Employee.name.icontains(word, autoescape=True), Course.title.icontains(word, autoescape=True))
        wanted.append(hit[0] | hit[1] | (Employee.number == word))
    found = _joined(select(CertificateEvaluation.id).select_from(CertificateEvaluation)).where(*wanted)
    total = db.session.scalar(select(func.count()).select_from(found.subquery())) or 0
    number = min(max(number, 1), max(1, -(-total // PAGE)))
    waits = state == "waiting"
    order = CertificateEvaluation.asked_at.asc() if waits else CertificateEvaluation.decided_at.desc()
    rows = _joined(_columns()).where(*wanted).order_by(order, CertificateEvaluation.id)
    return EvaluationPage(db.session.execute(rows.limit(PAGE).offset((number - 1) * PAGE)).all(), total, number)


def count_to_evaluate(viewer: Viewer) -> int:
    """How many wait for this evaluator."""
    counted = _joined(select(func.count()).select_from(CertificateEvaluation))
    return db.session.scalar(counted.where(CertificateEvaluation.state == "waiting", evaluable_by(viewer))) or 0


def evaluation_for(viewer: Viewer, evaluation_id: int) -> CertificateEvaluation | None:
    """One to decide; enrollment with course and employee, and record loaded."""
    enrollment = contains_eager(CertificateEvaluation.enrollment)
    return db.session.scalars(
        select(CertificateEvaluation)
        .join(CertificateEvaluation.enrollment)
        .join(CertificateEvaluation.record)
        .join(Enrollment.course)
        .join(Enrollment.employee)
        .options(
            enrollment.contains_eager(Enrollment.course),
            enrollment.contains_eager(Enrollment.employee),
            contains_eager(CertificateEvaluation.record),
        )
        .where(CertificateEvaluation.id == evaluation_id, evaluable_by(viewer))
    ).one_or_none()


def own_waiting(viewer: Viewer) -> Sequence[Any]:
    """The viewer's own completions whose certificate waits, newest first. Columns: course_id, title, asked_at."""
    return db.session.execute(
        select(Enrollment.course_id, Course.title, CertificateEvaluation.asked_at)
        .join(Enrollment, Enrollment.id == CertificateEvaluation.enrollment_id)
        .join(Course, Course.id == Enrollment.course_id)
        .where(Enrollment.employee_id == viewer.employee_id, CertificateEvaluation.state == "waiting")
        .order_by(CertificateEvaluation.asked_at.desc())
    ).all()


def evaluation_of(enrollment_id: int) -> CertificateEvaluation | None:
    """The latest of an enrollment the viewer may see."""
    return db.session.scalar(
        select(CertificateEvaluation)
        .where(CertificateEvaluation.enrollment_id == enrollment_id)
        .order_by(CertificateEvaluation.id.desc())
        .limit(1)
    )


def _joined(statement: Any) -> Select[Any]:
    joined: Select[Any] = (
        statement.join(Enrollment, Enrollment.id == CertificateEvaluation.enrollment_id)
        .join(Course, Course.id == Enrollment.course_id)
        .join(Employee, Employee.id == Enrollment.employee_id)
        .join(CompletionRecord, CompletionRecord.id == CertificateEvaluation.record_id)
        .outerjoin(Department, Department.id == Employee.department_id)
    )
    return joined


def _columns() -> Any:
    return select(
        CertificateEvaluation.id,
        CertificateEvaluation.state,
        CertificateEvaluation.asked_at,
        CertificateEvaluation.decided_at,
        CertificateEvaluation.decided_by_name,
        CertificateEvaluation.reason,
        Course.id.label("course_id"),
        Course.title.label("course"),
        Enrollment.id.label("enrollment_id"),
        Employee.name,
        Employee.number,
        Employee.job_role,
        Department.name.label("department"),
        CompletionRecord.score,
        CompletionRecord.how,
        CompletionRecord.occurred_at,
    ).select_from(CertificateEvaluation)
