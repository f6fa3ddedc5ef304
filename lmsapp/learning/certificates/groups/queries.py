"""Whose certificates a group asks for, and the groups somebody has asked for (CRT-5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, cast, func, select
from sqlalchemy.orm import aliased, joinedload

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.paths.models import LearningPath
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile
from lmsapp.learning.certificates.evaluations.models import CertificateEvaluation
from lmsapp.learning.certificates.groups.models import CertificateGroup
from lmsapp.learning.certificates.groups.rules import Wanted
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.grading.scope import in_scope, whole_course
from lmsapp.learning.paths.models import PathEnrollment
from lmsapp.people.audiences.models import AudienceMember
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.organisation.queries import departments_below
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

LATEST = 30
CANDIDATE = aliased(Certificate)


def members(wanted: Wanted, viewer: Viewer) -> Sequence[Any]:
    """Everybody asked for, by name, present people only. One statement.

    Columns: employee_id, name, number, department, completed, certificate_id, certificate_number, revoked, evaluation,
    sealed (status of the PDF), sha256.
    """
    statement = _of_course(wanted, viewer) if wanted.course_id else _of_path(wanted, viewer)
    return db.session.execute(statement.order_by(Employee.sort_name, Employee.id)).all()


def subjects(viewer: Viewer) -> list[tuple[str, str]]:
    """What can be asked for: ('course-12', title) and, for moderators, ('path-3', title); by title."""
    courses = db.session.execute(
        select(Course.id, Course.title)
        .where(Course.content_version > 0, _courses_of(viewer))
        .order_by(func.lower(Course.title))
    ).all()
    found = [(f"course-{row.id}", row.title) for row in courses]
    if viewer.may(May.MODERATE):
        paths = select(LearningPath.id, LearningPath.title).where(LearningPath.version > 0)
        found += [
            (f"path-{row.id}", row.title) for row in db.session.execute(paths.order_by(func.lower(LearningPath.title)))
        ]
    return found


def may_ask(wanted: Wanted, viewer: Viewer) -> bool:
    """Whether anybody of that course or path may be asked for by this viewer."""
    if wanted.path_id is not None:
        return viewer.may(May.MODERATE) and db.session.get(LearningPath, wanted.path_id) is not None
    found = select(Course.id).where(Course.id == wanted.course_id, _courses_of(viewer))
    return db.session.scalar(found) is not None


def _courses_of(viewer: Viewer) -> ColumnElement[bool]:
    """Courses with somebody whose completion this viewer judges."""
    if viewer.may(May.MODERATE):
        return Course.id.is_not(None)
    there = select(Enrollment.id).where(Enrollment.course_id == Course.id, in_scope(viewer)).correlate(Course)
    return there.exists()


def groups_of(viewer: Viewer) -> Sequence[CertificateGroup]:
    """Those the viewer asked for, newest first."""
    return db.session.scalars(
        select(CertificateGroup)
        .where(CertificateGroup.asked_by_id == viewer.user_id)
        .order_by(CertificateGroup.id.desc())
        .limit(LATEST)
    ).all()


def group_for(viewer: Viewer, group_id: int) -> CertificateGroup | None:
    """One of them, files loaded; moderators find everybody's, others those of courses that are wholly theirs."""
    found = db.session.scalar(
        select(CertificateGroup)
        .where(CertificateGroup.id == group_id)
        .options(joinedload(CertificateGroup.zip_file), joinedload(CertificateGroup.print_file))
    )
    if found is None or viewer.may(May.MODERATE) or found.asked_by_id == viewer.user_id:
        return found
    wholly = select(Course.id).where(Course.id == found.asked_for.get("course_id"), whole_course(viewer))
    return found if db.session.scalar(wholly) is not None else None


def _of_course(wanted: Wanted, viewer: Viewer) -> Select[Any]:
    evaluation = (
        select(CertificateEvaluation.state)
        .where(CertificateEvaluation.enrollment_id == Enrollment.id)
        .order_by(CertificateEvaluation.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    newest = _newest(CANDIDATE.enrollment_id == Enrollment.id)
    scope = () if viewer.may(May.MODERATE) else (in_scope(viewer),)
    return (
        _columns(Enrollment.completed_at, evaluation)
        .select_from(Enrollment)
        .join(Employee, Employee.id == Enrollment.employee_id)
        .join(Course, Course.id == Enrollment.course_id)
        .outerjoin(Department, Department.id == Employee.department_id)
        .outerjoin(Certificate, Certificate.id == newest)
        .outerjoin(SealedFile, _sealed())
        .outerjoin(StoredFile, StoredFile.id == SealedFile.file_id)
        .where(
            Enrollment.course_id == wanted.course_id,
            Enrollment.withdrawn_at.is_(None),
            Enrollment.exempted_at.is_(None),
            *scope,
            *_people(wanted, Enrollment.completed_at),
        )
    )


def _of_path(wanted: Wanted, viewer: Viewer) -> Select[Any]:
    newest = _newest(CANDIDATE.path_enrollment_id == PathEnrollment.id)
    return (
        _columns(PathEnrollment.completed_at, None)
        .select_from(PathEnrollment)
        .join(Employee, Employee.id == PathEnrollment.employee_id)
        .outerjoin(Department, Department.id == Employee.department_id)
        .outerjoin(Certificate, Certificate.id == newest)
        .outerjoin(SealedFile, _sealed())
        .outerjoin(StoredFile, StoredFile.id == SealedFile.file_id)
        .where(
            PathEnrollment.path_id == wanted.path_id,
            PathEnrollment.withdrawn_at.is_(None),
            PathEnrollment.id.is_(None) if not viewer.may(May.MODERATE) else PathEnrollment.id.is_not(None),
            *_people(wanted, PathEnrollment.completed_at),
        )
    )


def _newest(mine: ColumnElement[bool]) -> Any:
    """One that stands, rather than one that was revoked; of several the newest."""
    return (
        select(CANDIDATE.id)
        .where(mine, CANDIDATE.replaced_at.is_(None))
        .order_by(CANDIDATE.revoked_at.is_not(None), CANDIDATE.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _sealed() -> ColumnElement[bool]:
    return and_(SealedFile.kind == "certificate", SealedFile.subject_id == Certificate.id)


def _columns(completed_at: Any, evaluation: Any) -> Select[Any]:
    return select(
        Employee.id.label("employee_id"),
        Employee.name,
        Employee.number,
        Department.name.label("department"),
        completed_at.is_not(None).label("completed"),
        Certificate.id.label("certificate_id"),
        Certificate.number.label("certificate_number"),
        Certificate.revoked_at.is_not(None).label("revoked"),
        (evaluation if evaluation is not None else func.nullif("", "")).label("evaluation"),
        SealedFile.status.label("sealed"),
        StoredFile.sha256,
    )


def _people(wanted: Wanted, completed_at: Any) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Employee.status == "active"]
    if wanted.departments:
        found.append(Employee.department_id.in_(departments_below(wanted.departments)))
    if wanted.audience_id is not None:
        present = (AudienceMember.audience_id == wanted.audience_id, AudienceMember.left_at.is_(None))
        found.append(Employee.id.in_(select(AudienceMember.employee_id).where(*present)))
    day = cast(func.timezone(Employee.time_zone, completed_at), Date)
    if wanted.since is not None:
        found.append(day >= wanted.since)
    if wanted.until is not None:
        found.append(day < wanted.until + dt.timedelta(days=1))
    return found
