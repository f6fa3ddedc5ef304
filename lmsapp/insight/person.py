"""One person for those who may see them: their training, and what happened, newest first (DSH-1, HRD-1, EVD-3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from lmsapp.assignments.expressions import is_open, status_at
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.compliance.documents.models import EmployeeDocument
from lmsapp.compliance.ledger.models import EmployeeCompliance
from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.signatures.models import Signature
from lmsapp.infra.db import db
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.expressions import status_at as enrollment_status_at
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.paths.models import PathEnrollment
from lmsapp.onboarding.running.models import Onboarding
from lmsapp.outreach.digests.queries import ABOUT_OTHERS
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.employees.models import Employee
from lmsapp.people.queries import employee_ids_visible_to
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

SHOWN = 60


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the timeline. `kind`: 'completed', 'notice' or the audit's subject; `what` its title or action;
    `detail` what the entry holds, as it was kept; `course` its title, where one person has several."""

    at: dt.datetime
    kind: str
    what: str
    who: str
    detail: dict[str, Any]
    reason: str = ""
    course: str = ""


def training_of(viewer: Viewer, employee_id: int, now: dt.datetime) -> Sequence[Any]:
    """Every enrollment with its latest assignment and certificate, open ones first. One statement.

    Columns: enrollment_id, course_id, course, progress (0 for a renewal to begin), best_score, enrolled_at, started_at,
    enrollment_completed_at, withdrawn_at, failed_at, completed_by_hand, exempted_at, paused_until, assignment_id,
    due_on, status (None without assignment), completed_on, certificate_id, certificate_number, valid_until, standing
    (the enrollment's own status).
    """
    latest = (
        select(
            TrainingAssignment.enrollment_id,
            TrainingAssignment.id,
            TrainingAssignment.due_on,
            TrainingAssignment.completed_on,
            status_at(now).label("status"),
            (is_open() & TrainingAssignment.started_at.is_(None)).label("to_begin"),
        )
        .ext(distinct_on(TrainingAssignment.enrollment_id))
        .where(TrainingAssignment.employee_id == employee_id)
        .order_by(TrainingAssignment.enrollment_id, TrainingAssignment.id.desc())
        .subquery()
    )
    certificate = (
        select(Certificate.enrollment_id, Certificate.id, Certificate.number)
        .ext(distinct_on(Certificate.enrollment_id))
        .where(
            Certificate.employee_id == employee_id,
            Certificate.enrollment_id.is_not(None),
            Certificate.revoked_at.is_(None),
            Certificate.replaced_at.is_(None),
        )
        .order_by(Certificate.enrollment_id, Certificate.id.desc())
        .subquery()
    )
    return db.session.execute(
        select(
            Enrollment.id.label("enrollment_id"),
            Enrollment.course_id,
            Course.title.label("course"),
            case((latest.c.to_begin, 0), else_=Enrollment.progress).label("progress"),
            Enrollment.best_score,
            Enrollment.enrolled_at,
            Enrollment.started_at,
            Enrollment.completed_at.label("enrollment_completed_at"),
            Enrollment.withdrawn_at,
            Enrollment.failed_at,
            Enrollment.completed_by_hand,
            Enrollment.exempted_at,
            Enrollment.paused_until,
            latest.c.id.label("assignment_id"),
            latest.c.due_on,
            latest.c.status,
            latest.c.completed_on,
            certificate.c.id.label("certificate_id"),
            certificate.c.number.label("certificate_number"),
            Enrollment.valid_until,
            enrollment_status_at(now).label("standing"),
        )
        .join(Course, Course.id == Enrollment.course_id)
        .join(Employee, Employee.id == Enrollment.employee_id)
        .outerjoin(latest, latest.c.enrollment_id == Enrollment.id)
        .outerjoin(certificate, certificate.c.enrollment_id == Enrollment.id)
        .where(Enrollment.employee_id == employee_id, Enrollment.employee_id.in_(employee_ids_visible_to(viewer)))
        .order_by(Enrollment.completed_at.is_not(None), latest.c.due_on.nulls_last(), func.lower(Course.title))
    ).all()


def timeline_of(viewer: Viewer, employee_id: int) -> list[Happened]:
    """What happened to one person, newest first. What concerns the HR file is for HR alone. Three statements."""
    visible = employee_ids_visible_to(viewer)
    records = db.session.execute(
        select(
            CompletionRecord.occurred_at,
            CompletionRecord.title,
            CompletionRecord.score,
            CompletionRecord.id,
            CompletionRecord.how,
            CompletionRecord.actor_name,
            CompletionRecord.approved_by_name,
            CompletionRecord.reason,
        )
        .where(CompletionRecord.employee_id == employee_id, CompletionRecord.employee_id.in_(visible))
        .order_by(CompletionRecord.id.desc())
        .limit(SHOWN)
    )
    notices = db.session.execute(
        select(
            Notice.id, Notice.queued_at, Notice.subject, Notice.status, Notice.channel, Notice.template, Notice.reason,
            Notice.to_name, Notice.error,
        )
        .where(or_(_to(viewer, employee_id) & Notice.template.not_in(ABOUT_OTHERS), _told_of(viewer, employee_id)))
        .order_by(Notice.id.desc())
        .limit(SHOWN)
    )  # fmt: skip
    entries = db.session.execute(
        select(
            AuditEntry.at,
            AuditEntry.subject_kind,
            AuditEntry.action,
            AuditEntry.actor_name,
            AuditEntry.before,
            AuditEntry.after,
            AuditEntry.reason,
            Course.title,
        )
        .outerjoin(
            TrainingAssignment,
            (AuditEntry.subject_kind == "assignment") & (TrainingAssignment.id == AuditEntry.subject_id),
        )
        .outerjoin(Enrollment, (AuditEntry.subject_kind == "enrollment") & (Enrollment.id == AuditEntry.subject_id))
        .outerjoin(Course, Course.id == func.coalesce(TrainingAssignment.course_id, Enrollment.course_id))
        .where(_about(viewer, employee_id))
        .order_by(AuditEntry.id.desc())
        .limit(SHOWN)
    )
    happened = [
        *(_completed(record) for record in records),
        *(_told(notice) for notice in notices),
        *(
            Happened(
                e.at,
                e.subject_kind,
                e.action,
                e.actor_name,
                {"before": e.before or {}, **(e.after or {})},
                e.reason,
                e.title or "",
            )
            for e in entries
        ),
    ]
    return sorted(happened, key=lambda one: one.at, reverse=True)[:SHOWN]


def _told(notice: Any) -> Happened:
    detail = {"status": notice.status, "channel": notice.channel, "notice_id": notice.id, "template": notice.template}
    if notice.template in ABOUT_OTHERS:
        detail |= {"to": notice.to_name, "reason": notice.reason, "error": notice.error or ""}
    return Happened(notice.queued_at, "notice", notice.subject, "", detail)


def _completed(record: Any) -> Happened:
    """By the rule it needs no name; by hand it names who did it, and why (ENR-9)."""
    detail = {"score": record.score, "record": record.id, "how": record.how, "approved_by": record.approved_by_name}
    who = "" if record.how == "rule" else record.actor_name
    return Happened(record.occurred_at, "completed", record.title, who, detail, record.reason)


def _to(viewer: Viewer, employee_id: int) -> ColumnElement[bool]:
    """Notices to the person; letters about the account, which name no employee, are for HR."""
    named = (Notice.employee_id == employee_id) & Notice.employee_id.in_(employee_ids_visible_to(viewer))
    return or_(named, Notice.user_id.in_(_account(employee_id))) if viewer.may(May.KEEP_RECORDS) else named


def _told_of(viewer: Viewer, employee_id: int) -> ColumnElement[bool]:
    """Notices to others about the person's training."""
    return and_(
        Notice.template.in_(ABOUT_OTHERS), Notice.about_kind == "assignment",
        Notice.about_id.in_(_assignments(viewer, employee_id)),
    )  # fmt: skip


def _assignments(viewer: Viewer, employee_id: int) -> Select[int]:
    return select(TrainingAssignment.id).where(
        TrainingAssignment.employee_id == employee_id,
        TrainingAssignment.employee_id.in_(employee_ids_visible_to(viewer)),
    )


def _account(employee_id: int) -> Any:
    return select(Employee.user_id).where(Employee.id == employee_id, Employee.user_id.is_not(None))


def _about(viewer: Viewer, employee_id: int) -> ColumnElement[bool]:
    """Entries about the person, their assignments and, for HR, their file and ledger."""

    def of(kind: str, ids: Any) -> ColumnElement[bool]:
        return (AuditEntry.subject_kind == kind) & AuditEntry.subject_id.in_(ids)

    wanted = [of("assignment", _assignments(viewer, employee_id))]
    if viewer.may(May.KEEP_RECORDS):
        documents = select(EmployeeDocument.id).where(EmployeeDocument.employee_id == employee_id)
        decisions = select(EmployeeCompliance.id).where(EmployeeCompliance.employee_id == employee_id)
        wanted += [
            of("employee", [employee_id]),
            of("user", _account(employee_id)),
            of("employee_document", documents),
            of("employee_compliance", decisions),
            of("enrollment", select(Enrollment.id).where(Enrollment.employee_id == employee_id)),
            of("path_enrollment", select(PathEnrollment.id).where(PathEnrollment.employee_id == employee_id)),
            of("certificate", select(Certificate.id).where(Certificate.employee_id == employee_id)),
            of("signature", select(Signature.id).where(Signature.employee_id == employee_id)),
            of("onboarding", select(Onboarding.id).where(Onboarding.employee_id == employee_id)),
        ]
    return or_(*wanted)
