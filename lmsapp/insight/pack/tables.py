"""The tables of a pack that are read from the database as they are: assignments, decisions, notifications, changes.

A table has open columns and personal ones, which a pack without personal facts leaves out; every row begins with the id
of the employee it is about (or none). Statements stand in a fixed order and number, whatever the size.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, null, or_, select, union_all
from sqlalchemy.orm import aliased

from lmsapp.assignments.extensions.models import ExtensionRequest
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.compliance.documents.models import EmployeeDocument
from lmsapp.compliance.ledger.models import ComplianceType, EmployeeCompliance
from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.insight.pack import scope
from lmsapp.insight.pack.population import Chosen, Rows
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.overrides.models import CompletionOverride
from lmsapp.learning.pauses.models import EnrollmentPause
from lmsapp.learning.validity.models import CertificationPeriod
from lmsapp.outreach.notices.models import Notice


@dataclass(frozen=True, slots=True)
class Table:
    """`read` gives statements whose rows are (employee id or None, *columns)."""

    name: str
    columns: Sequence[str]
    personal: frozenset[str]
    read: Callable[[Chosen], Sequence[Rows]]


def assignments(chosen: Chosen) -> Sequence[Rows]:
    """Those that were open at some moment of its time."""
    row = TrainingAssignment
    ended = func.coalesce(row.completed_at, row.closed_at)
    columns = (
        row.employee_id, row.id, row.course_id, Course.title, row.source, row.assigned_by_name, row.assigned_at,
        row.due_on, row.started_at, row.completed_on, row.closed_as, row.closed_at, row.close_reason,
        row.reminders_sent,
    )  # fmt: skip
    return [select(*columns).join(Course, Course.id == row.course_id).where(_open(chosen, ended)).order_by(row.id)]


def _open(chosen: Chosen, ended: Any) -> ColumnElement[bool]:
    row = TrainingAssignment
    mine = chosen.of_people(row.employee_id) & chosen.of_courses(row.course_id)
    return mine & (row.assigned_at < chosen.end) & or_(ended.is_(None), ended >= chosen.start)


def decided(chosen: Chosen) -> Sequence[Rows]:
    """What people decided: compliance and waivers, completions and exemptions by hand, more time, pauses.

    Columns: employee, at, kind, id, about, decision, from, until, decided by, reason, replaced at, evidence.
    """
    row, document = EmployeeCompliance, EmployeeDocument
    compliance = (
        select(
            row.employee_id, row.decided_at, literal("compliance"), row.id, ComplianceType.name, row.decision,
            row.completed_on, row.renewal_on, row.decided_by_name, row.reason, row.replaced_at, document.sha256,
        )
        .join(ComplianceType, ComplianceType.id == row.type_id)
        .outerjoin(document, document.id == row.evidence_id)
        .where(scope.decisions(chosen))
        .order_by(row.id)
    )  # fmt: skip
    return [compliance, _by_hand(chosen), _more_time(chosen), _pauses(chosen)]


def _by_hand(chosen: Chosen) -> Rows:
    row = CompletionOverride
    by = func.concat_ws(", ", row.asked_by_name, func.nullif(row.decided_by_name, ""))
    why = func.concat_ws(" / ", row.reason, func.nullif(row.decision_reason, ""))
    return (
        select(
            Enrollment.employee_id, func.coalesce(row.decided_at, row.asked_at), literal("by hand: ").concat(row.kind),
            row.id, Course.title, row.state, null(), null(), by, why, null(), null(),
        )
        .join(Enrollment, Enrollment.id == row.enrollment_id)
        .join(Course, Course.id == Enrollment.course_id)
        .where(_enrolled(chosen), chosen.in_time(row.asked_at))
        .order_by(row.id)
    )  # fmt: skip


def _more_time(chosen: Chosen) -> Rows:
    row, training = ExtensionRequest, TrainingAssignment
    why = func.concat_ws(" / ", row.reason, func.nullif(row.answer, ""))
    return (
        select(
            training.employee_id, func.coalesce(row.answered_at, row.asked_at), literal("more time"), row.id,
            Course.title, row.state, row.due_on, func.coalesce(row.granted_on, row.wanted_on), row.answered_by_name,
            why, null(), null(),
        )
        .join(training, training.id == row.assignment_id)
        .join(Course, Course.id == training.course_id)
        .where(
            chosen.of_people(training.employee_id),
            chosen.of_courses(training.course_id),
            chosen.in_time(row.asked_at),
        )
        .order_by(row.id)
    )  # fmt: skip


def _pauses(chosen: Chosen) -> Rows:
    row = EnrollmentPause
    return (
        select(
            Enrollment.employee_id, row.paused_at, literal("pause"), row.id, Course.title, row.kind, row.from_on,
            row.until_on, row.paused_by_name, row.reason, row.ended_at, null(),
        )
        .join(Enrollment, Enrollment.id == row.enrollment_id)
        .join(Course, Course.id == Enrollment.course_id)
        .where(_enrolled(chosen), chosen.in_time(row.paused_at))
        .order_by(row.id)
    )  # fmt: skip


def _enrolled(chosen: Chosen) -> ColumnElement[bool]:
    return chosen.of_people(Enrollment.employee_id) & chosen.of_courses(Enrollment.course_id)


def notifications(chosen: Chosen) -> Sequence[Rows]:
    """Reminders, escalations and whatever else was sent about the training of these people, with what became of it.

    What went out in a digest has the fate of the letter that carried it. Where the pack is about some courses, only
    messages about their assignments, enrollments and certifications; else also what these people got themselves.
    """
    row, carrier = Notice, aliased(Notice)
    kinds = {"assignment": TrainingAssignment, "enrollment": Enrollment, "certification_period": CertificationPeriod}
    about: Any = {kind: aliased(model) for kind, model in kinds.items()}
    whose = func.coalesce(*(one.employee_id for one in about.values()), row.employee_id)
    course = func.coalesce(*(one.course_id for one in about.values()))
    columns = (
        whose, row.queued_at, func.coalesce(row.sent_at, carrier.sent_at), row.channel, row.template, row.to_name,
        row.address, row.subject, func.coalesce(carrier.status, row.status), func.coalesce(carrier.error, row.error),
        row.suppressed_as, row.about_kind, row.about_id, Course.title, row.id, row.carried_by_id,
    )  # fmt: skip
    found = select(*columns).select_from(row).outerjoin(carrier, carrier.id == row.carried_by_id)
    for kind, one in about.items():
        found = found.outerjoin(one, and_(row.about_kind == kind, one.id == row.about_id))
    found = found.outerjoin(Course, Course.id == course)
    narrow = literal(True) if chosen.courses is None else chosen.of_courses(course)
    return [found.where(chosen.in_time(row.queued_at), chosen.of_people(whose), narrow).order_by(row.id)]


def changes(chosen: Chosen) -> Sequence[Rows]:
    """What the trail says was changed, or read, of the records these people have, and of the courses and types."""
    people: Any = {
        "assignment": (TrainingAssignment, chosen.of_courses(TrainingAssignment.course_id)),
        "enrollment": (Enrollment, chosen.of_courses(Enrollment.course_id)),
        "certificate": (Certificate, chosen.of_courses(Certificate.course_id)),
        "completion_record": (CompletionRecord, scope.completions(chosen)),
        "employee_document": (EmployeeDocument, scope.documents(chosen)),
        "employee_compliance": (EmployeeCompliance, scope.decisions(chosen)),
        "certification_period": (CertificationPeriod, chosen.of_courses(CertificationPeriod.course_id)),
    }
    objects = [
        select(literal(kind).label("kind"), model.id.label("id"), model.employee_id.label("employee_id")).where(
            chosen.of_people(model.employee_id), narrow
        )
        for kind, (model, narrow) in people.items()
    ]
    from_employees = union_all(*objects).subquery("objects")
    row = AuditEntry
    columns = (
        row.id, row.at, row.actor_name, row.on_behalf_of_name, row.action, row.subject_kind, row.subject_id,
        row.before, row.after, row.reason, row.origin,
    )  # fmt: skip
    of_objects = (
        select(from_employees.c.employee_id, *columns)
        .join(from_employees, and_(from_employees.c.kind == row.subject_kind, from_employees.c.id == row.subject_id))
        .where(chosen.in_time(row.at))
        .order_by(row.id)
    )
    whole = [and_(row.subject_kind == "employee", chosen.of_people(row.subject_id))]
    if chosen.courses is not None:
        whole.append(and_(row.subject_kind == "course", chosen.of_courses(row.subject_id)))
    if chosen.types:
        whole.append(and_(row.subject_kind == "compliance_type", chosen.of_types(row.subject_id)))
    whose = case((row.subject_kind == "employee", row.subject_id))
    others = select(whose, *columns).where(chosen.in_time(row.at), or_(*whole)).order_by(row.id)
    return [of_objects, others]


TABLES: tuple[Table, ...] = (
    Table(
        "assignments",
        (
            "assignment", "course_id", "course", "source", "assigned_by", "assigned_at", "due_on", "started_at",
            "completed_on", "closed_as", "closed_at", "close_reason", "reminders_sent",
        ),
        frozenset({"assigned_by", "close_reason"}),
        assignments,
    ),
    Table(
        "decisions",
        (
            "at", "kind", "id", "about", "decision", "from", "until", "decided_by", "reason", "replaced_at",
            "evidence_sha256",
        ),
        frozenset({"decided_by", "reason"}),
        decided,
    ),
    Table(
        "notifications",
        (
            "queued_at", "sent_at", "channel", "template", "to", "address", "subject", "status", "error",
            "not_sent_because", "about_kind", "about_id", "course", "notice", "carried_by",
        ),
        frozenset({"to", "address", "subject", "error"}),
        notifications,
    ),
    Table(
        "changes",
        (
            "entry", "at", "by", "on_behalf_of", "action", "kind", "id", "before", "after", "reason", "origin",
        ),
        frozenset({"by", "on_behalf_of", "before", "after", "reason"}),
        changes,
    ),
)  # fmt: skip
