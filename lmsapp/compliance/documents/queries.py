"""What is in the employee file, and what learning has produced that is not in it yet (HRD-1, HRD-2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import joinedload

from lmsapp.compliance.documents.models import DocumentType, EmployeeDocument
from lmsapp.compliance.documents.rules import STANDARD_TYPES, TRAINING_RECORD, may_open
from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.quizzes.models import Quiz
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.quizzes.models import QuizGrading, QuizSubmission
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.organisation.queries import departments_below
from lmsapp.people.queries import employee_ids_visible_to, line_of
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

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
class DocumentRow:
    """A document in the file. `size` in bytes; `sealed_kind` None for uploads."""

    id: int
    title: str
    type: str
    visible_to: str
    source: str
    sha256: str
    file_name: str
    size: int
    issued_on: dt.date | None
    expires_on: dt.date | None
    filed_by: str
    filed_at: dt.datetime
    certificate_number: str | None


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


def documents_of(viewer: Viewer, employee_id: int) -> list[DocumentRow]:
    """The file of one employee as far as the viewer may open it, newest first. One statement."""
    rows = db.session.execute(
        select(
            EmployeeDocument.id,
            EmployeeDocument.title,
            DocumentType.name.label("type"),
            DocumentType.visible_to,
            EmployeeDocument.source,
            EmployeeDocument.sha256,
            StoredFile.name.label("file_name"),
            StoredFile.size,
            EmployeeDocument.issued_on,
            EmployeeDocument.expires_on,
            EmployeeDocument.filed_by_name.label("filed_by"),
            EmployeeDocument.filed_at,
            Certificate.number.label("certificate_number"),
        )
        .join(DocumentType, DocumentType.id == EmployeeDocument.type_id)
        .join(StoredFile, StoredFile.id == EmployeeDocument.file_id)
        .outerjoin(SealedFile, SealedFile.id == EmployeeDocument.sealed_file_id)
        .outerjoin(Certificate, (SealedFile.kind == "certificate") & (Certificate.id == SealedFile.subject_id))
        .where(
            EmployeeDocument.employee_id == employee_id,
            EmployeeDocument.archived_at.is_(None),
            _readable_by(viewer),
        )
        .order_by(EmployeeDocument.id.desc())
    )
    return [DocumentRow(**row) for row in rows.mappings()]


def document_for(viewer: Viewer, document_id: int) -> EmployeeDocument | None:
    """The document with file and type loaded, or None when it is not for the viewer."""
    return db.session.scalars(
        select(EmployeeDocument)
        .join(DocumentType, DocumentType.id == EmployeeDocument.type_id)
        .where(
            EmployeeDocument.id == document_id,
            EmployeeDocument.archived_at.is_(None),
            _readable_by(viewer),
        )
        .options(joinedload(EmployeeDocument.file), joinedload(EmployeeDocument.type))
    ).one_or_none()


def type_names() -> list[str]:
    """What a document can be; the standard types before the first one is filed."""
    names = list(db.session.scalars(select(DocumentType.name).order_by(DocumentType.id)))
    return names or [t.name for t in STANDARD_TYPES]


def types_with_expiry() -> set[str]:
    """Names of types whose documents end some day."""
    names = db.session.scalars(select(DocumentType.name).where(DocumentType.needs_expiry))
    return set(names) or {t.name for t in STANDARD_TYPES if t.needs_expiry}


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


def _readable_by(viewer: Viewer) -> ColumnElement[bool]:
    """`rules.may_open` as SQL."""
    if viewer.may(May.KEEP_RECORDS):
        return DocumentType.id.is_not(None)
    for_manager = [t for t in ("hr", "manager", "employee") if may_open(t, keeps_records=False, leads=True, own=False)]
    for_self = [t for t in ("hr", "manager", "employee") if may_open(t, keeps_records=False, leads=False, own=True)]
    line = EmployeeDocument.employee_id.in_(line_of(viewer)) & DocumentType.visible_to.in_(for_manager)
    own = (EmployeeDocument.employee_id == viewer.employee_id) & DocumentType.visible_to.in_(for_self)
    return (line | own) if viewer.employee_id is not None else DocumentType.id.is_(None)
