"""Who they are, what they may do, how they came in, and what was written down about that."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.compliance.ledger.models import EmployeeCompliance
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.evidence.signatures.models import Signature
from lmsapp.infra.db import db
from lmsapp.infra.words import N_
from lmsapp.insight.held.papers import open_documents
from lmsapp.insight.held.parts import Part
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.onboarding.running.models import Onboarding
from lmsapp.outreach.contact.queries import preference_of
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.rules import HOLDS_A_KEY
from lmsapp.people.accounts.models import SignIn, User, UserRole
from lmsapp.people.accounts.queries import user_of
from lmsapp.people.employees.queries import employee_of
from lmsapp.people.viewer import Viewer

CHANGES = {
    "at": N_("When"),
    "actor_name": N_("Who"),
    "action": N_("What"),
    "before": N_("Before"),
    "after": N_("After"),
    "reason": N_("Reason"),
}


def account(viewer: Viewer) -> Part:
    user = user_of(viewer)
    row = {
        "name": user.name,
        "email": user.email,
        "language": user.language,
        "time_zone": viewer.zone,
        "created_at": user.created_at,
        "last_sign_in_at": user.last_sign_in_at,
        "switched_off_letters": list(user.switched_off),
    }
    columns = {
        "name": N_("Name"),
        "email": N_("Sign-in address"),
        "language": N_("Language"),
        "time_zone": N_("Time zone"),
        "created_at": N_("Made"),
        "last_sign_in_at": N_("Last sign-in"),
        "switched_off_letters": N_("Letters switched off"),
    }
    return Part("account", N_("Your account"), columns, [row])


def telling(viewer: Viewer) -> Part:
    """How one wants to be told, and what one agreed to."""
    said = preference_of(viewer, viewer.employee_id) if viewer.employee_id else None
    row = said and {
        "text_messages": said.consent,
        "since": said.agreed_on,
        "number": said.number,
        "words": said.words,
        "noted_by": said.noted_by,
        "digest": said.digest,
        "quiet_from": said.quiet.start if said.quiet else None,
        "quiet_until": said.quiet.end if said.quiet else None,
        "slack_member": said.slack_member,
    }
    columns = {
        "text_messages": N_("Agreed to text messages"),
        "since": N_("Since"),
        "number": N_("For the number"),
        "words": N_("What you agreed to"),
        "noted_by": N_("Noted by"),
        "digest": N_("One letter a day"),
        "quiet_from": N_("Quiet from"),
        "quiet_until": N_("Quiet until"),
        "slack_member": N_("Slack"),
    }
    return Part("telling", N_("How you are told"), columns, [row] if row else [])


def roles(viewer: Viewer) -> Part:
    giver = select(User.name).where(User.id == UserRole.granted_by_id).scalar_subquery()
    rows = db.session.execute(
        select(UserRole.role, UserRole.granted_at, giver.label("granted_by"))
        .where(UserRole.user_id == viewer.user_id)
        .order_by(UserRole.role)
    )
    columns = {"role": N_("Role"), "granted_at": N_("Since"), "granted_by": N_("Given by")}
    return Part("roles", N_("Your roles"), columns, plain(rows))


def record(viewer: Viewer) -> Part:
    employee = employee_of(viewer)
    columns = {
        "number": N_("Employee number"),
        "name": N_("Name"),
        "email": N_("E-mail"),
        "mobile": N_("Phone number"),
        "department": N_("Department"),
        "job_role": N_("Job role"),
        "location": N_("Location"),
        "region": N_("Region"),
        "cohort": N_("Cohort"),
        "hire_date": N_("Hire date"),
        "manager": N_("Manager"),
        "hr_partner": N_("HR partner"),
        "time_zone": N_("Time zone"),
        "language": N_("Language"),
    }
    kept = {"status", *columns}
    rows = [{key: value for key, value in asdict(employee).items() if key in kept}] if employee else []
    return Part("employee_record", N_("Your employee record"), columns, rows, N_("As HR keeps it."))


def record_history(viewer: Viewer) -> Part:
    about = (AuditEntry.subject_kind == "employee") & (AuditEntry.subject_id == viewer.employee_id)
    return Part("employee_record_history", N_("Changes of your record"), CHANGES, _entries(about))


def sign_ins(viewer: Viewer) -> Part:
    rows = db.session.execute(
        select(SignIn.at, SignIn.how, SignIn.address, SignIn.browser, SignIn.ended_at)
        .where(SignIn.user_id == viewer.user_id)
        .order_by(SignIn.id.desc())
    )
    columns = {"at": N_("When"), "how": N_("How"), "address": N_("Network address"), "browser": N_("Browser")}
    return Part("sign_ins", N_("Sign-ins"), columns, plain(rows), N_("Kept for 180 days."))


def letters(viewer: Viewer) -> Part:
    """Without the links that let whoever has them into the account."""
    mine: list[ColumnElement[bool]] = [Notice.user_id == viewer.user_id]
    if viewer.employee_id is not None:
        mine.append(Notice.employee_id == viewer.employee_id)
    rows = db.session.execute(
        select(
            Notice.queued_at, Notice.channel, Notice.template, Notice.address, Notice.subject, Notice.body_text,
            Notice.status, Notice.sent_at, Notice.read_at,
        )
        .where(or_(*mine))
        .order_by(Notice.id.desc())
    )  # fmt: skip
    hidden = {"body_text": ""}
    found = [row | hidden if row["template"] in HOLDS_A_KEY else row for row in plain(rows)]
    columns = {
        "queued_at": N_("Written"),
        "channel": N_("How"),
        "address": N_("To"),
        "subject": N_("Subject"),
        "body_text": N_("Text"),
        "sent_at": N_("Sent"),
    }
    return Part("letters", N_("Letters and notices"), columns, found)


def trail(viewer: Viewer) -> Part:
    """Entries about the person and what is theirs; nothing about a document they may not see."""

    def of(kind: str, ids: Any) -> ColumnElement[bool]:
        return (AuditEntry.subject_kind == kind) & AuditEntry.subject_id.in_(ids)

    about = [of("user", [viewer.user_id])]
    if (mine := viewer.employee_id) is not None:
        about += [
            of("assignment", select(TrainingAssignment.id).where(TrainingAssignment.employee_id == mine)),
            of("enrollment", select(Enrollment.id).where(Enrollment.employee_id == mine)),
            of("certificate", select(Certificate.id).where(Certificate.employee_id == mine)),
            of("signature", select(Signature.id).where(Signature.employee_id == mine)),
            of("onboarding", select(Onboarding.id).where(Onboarding.employee_id == mine)),
            of("employee_compliance", select(EmployeeCompliance.id).where(EmployeeCompliance.employee_id == mine)),
            of("employee_document", [document.id for document in open_documents(viewer)]),
        ]
    columns = CHANGES | {"subject_kind": N_("About")}
    return Part("trail", N_("What was written down about you"), columns, _entries(or_(*about)))


def plain(rows: Any) -> list[dict[str, Any]]:
    """Rows of a result as dictionaries."""
    return [dict(row) for row in rows.mappings()]


def _entries(about: ColumnElement[bool]) -> list[dict[str, Any]]:
    return plain(
        db.session.execute(
            select(
                AuditEntry.at, AuditEntry.subject_kind, AuditEntry.action, AuditEntry.actor_name, AuditEntry.before,
                AuditEntry.after, AuditEntry.reason,
            )
            .where(about)
            .order_by(AuditEntry.id.desc())
        )
    )  # fmt: skip
