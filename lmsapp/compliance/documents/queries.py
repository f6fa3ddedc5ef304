"""What learning has produced that is not in the employee file yet (HRD-2); what is in it is read by `reading`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import joinedload

from lmsapp.compliance.documents.models import EmployeeDocument
from lmsapp.compliance.documents.reading import (
    DocumentRow,
    document_for,
    documents_of,
    type_names,
    types_with_expiry,
)
from lmsapp.compliance.documents.rules import TRAINING_RECORD
from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.quizzes.models import Quiz
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra.db import db
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.quizzes.models import QuizGrading, QuizSubmission
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.organisation.queries import departments_below
from lmsapp.people.queries import employee_ids_visible_to
from lmsapp.people.viewer import Viewer

__all__ = ["DocumentRow", "document_for", "documents_of", "type_names", "types_with_expiry"]
PAGE = 25
FILED_KINDS = ("certificate", "quiz_report")


@dataclass(frozen=True, slots=True)
class Unfiled:
    """Sealed evidence not in the file. `status` as in `SealStatus`; `type_name` is what it would be filed as."""

    id: int
    kind: str
    title: str
    status: str
    error: str | None
    course: str
    earned_at: dt.datetime
    certificate_number: str | None
    percent: Decimal | None
    attempt: int | None
    employee_id: int
    employee: str
    employee_number: str
    department: str | None
    course_id: int | None = None
    type_name: str = TRAINING_RECORD


@dataclass(frozen=True, slots=True)
class FileFilters:
    """Filters of the queue 'completed, not yet filed'."""

    search: str = ""
    departments: tuple[int, ...] = ()
    courses: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    sort: str = "earned"
    desc: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class FileQueue:
    """One page of the queue; `total` counts all that match."""

    rows: Sequence[Unfiled]
    total: int
    number: int
    size: int = PAGE


def unfiled_of(viewer: Viewer, employee_id: int) -> list[Unfiled]:
    """What one employee has earned and nobody has filed: certificates, then reports, newest first. One statement."""
    rows = db.session.execute(
        _unfiled(viewer).where(SealedFile.employee_id == employee_id).order_by(SealedFile.kind, SealedFile.id.desc())
    )
    return [Unfiled(**row) for row in rows.mappings()]


def to_file(viewer: Viewer, filters: FileFilters) -> FileQueue:
    """The queue over all employees, oldest first unless asked otherwise. Two statements, however many rows."""
    wanted = _unfiled(viewer).where(*_conditions(filters))
    total = db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    number = min(max(filters.page, 1), max(-(-total // PAGE), 1))
    rows = db.session.execute(wanted.order_by(*_order(filters)).limit(PAGE).offset((number - 1) * PAGE))
    return FileQueue([Unfiled(**row) for row in rows.mappings()], total, number)


def ready_to_file(viewer: Viewer, filters: FileFilters) -> list[tuple[int, int]]:
    """(employee, sealed file) of all that match and whose PDF is there, in their order."""
    wanted = _unfiled(viewer).where(*_conditions(filters), SealedFile.status == "ready").order_by(*_order(filters))
    return [(row.employee_id, row.id) for row in db.session.execute(wanted)]


def _order(filters: FileFilters) -> list[Any]:
    """By what the head of a column says; then by age."""
    by = {"who": Employee.sort_name, "what": func.coalesce(Course.title, SealedFile.title), "earned": _earned()}
    first = by.get(filters.sort, by["earned"])
    return [first.desc() if filters.desc else first, SealedFile.id]


def count_to_file(viewer: Viewer) -> int:
    """How many sealed PDFs wait to be filed."""
    return db.session.scalar(select(func.count()).select_from(_unfiled(viewer).subquery())) or 0


def sealed_visible_to(viewer: Viewer, sealed_ids: Sequence[int]) -> list[SealedFile]:
    """The sealed files of that many ids whose employees the viewer may see; files loaded."""
    return list(
        db.session.scalars(
            select(SealedFile)
            .where(
                SealedFile.id.in_(sealed_ids),
                SealedFile.kind.in_(FILED_KINDS),
                SealedFile.employee_id.in_(employee_ids_visible_to(viewer)),
            )
            .options(joinedload(SealedFile.file))
            .order_by(SealedFile.id)
        )
    )


def _unfiled(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    filed = select(EmployeeDocument.id).where(
        EmployeeDocument.sealed_file_id == SealedFile.id, EmployeeDocument.archived_at.is_(None)
    )
    return (
        select(
            SealedFile.id,
            SealedFile.kind,
            SealedFile.title,
            SealedFile.status,
            SealedFile.error,
            func.coalesce(Course.title, SealedFile.title).label("course"),
            _earned().label("earned_at"),
            Certificate.number.label("certificate_number"),
            QuizSubmission.percent,
            QuizSubmission.number.label("attempt"),
            SealedFile.employee_id,
            Employee.name.label("employee"),
            Employee.number.label("employee_number"),
            Department.name.label("department"),
            Course.id.label("course_id"),
        )
        .join(Employee, Employee.id == SealedFile.employee_id)
        .outerjoin(Department, Department.id == Employee.department_id)
        .outerjoin(Certificate, (SealedFile.kind == "certificate") & (Certificate.id == SealedFile.subject_id))
        .outerjoin(QuizSubmission, (SealedFile.kind == "quiz_report") & (QuizSubmission.id == SealedFile.subject_id))
        .outerjoin(Quiz, Quiz.id == QuizSubmission.quiz_id)
        .outerjoin(Course, Course.id == func.coalesce(Certificate.course_id, Quiz.course_id))
        .where(
            SealedFile.kind.in_(FILED_KINDS),
            ~filed.exists(),
            SealedFile.employee_id.in_(employee_ids_visible_to(viewer)),
            # A failed attempt is a learning fact, not something HR files; a revoked certificate proves nothing.
            # The report shows the first score that stood: a pass that came by a regrade has a report of its own.
            (SealedFile.kind != "quiz_report") | (QuizSubmission.passed & func.coalesce(_first_score(), true())),
            Certificate.revoked_at.is_(None),
            Certificate.replaced_at.is_(None),
        )
    )


def _earned() -> Any:
    return func.coalesce(QuizSubmission.submitted_at, Certificate.issued_at, SealedFile.created_at)


def _first_score() -> Any:
    """Whether the first score of the attempt that stood was a pass; null for one from before scores were kept."""
    standing = (QuizGrading.submission_id == QuizSubmission.id, QuizGrading.passed.is_not(None))
    found = select(QuizGrading.passed).where(*standing).order_by(QuizGrading.number).limit(1)
    return found.correlate(QuizSubmission).scalar_subquery()


def _conditions(filters: FileFilters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.search:
        conditions.append(
            Employee.name.icontains(filters.search, autoescape=True)
            | (Employee.number == filters.search)
            | SealedFile.title.icontains(filters.search, autoescape=True)
        )
    if filters.departments:
        conditions.append(Employee.department_id.in_(departments_below(filters.departments)))
    if filters.courses:
        conditions.append(Course.id.in_(filters.courses))
    if filters.kinds:
        conditions.append(SealedFile.kind.in_(filters.kinds))
    return conditions
