"""Issuing at the moment of completion, mailing when the PDF is signed, revoking with a reason (CRT-1, CRT-3)."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.audit.actions import record_change
from lmsapp.evidence.ledger.actions import attest
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.seals.actions import promise_file
from lmsapp.evidence.seals.events import FileSealed
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra import clock, site
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.learning.certificates import rules
from lmsapp.learning.certificates.addresses import verify_address
from lmsapp.learning.certificates.events import CertificateIssued, CertificateRevoked
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.certificates.plans import Issuing, Plan, plan_of
from lmsapp.learning.certificates.templates.models import CertificateTemplate
from lmsapp.learning.certificates.testimony import CERTIFICATES
from lmsapp.learning.enrollments.events import CompletionTakenBack, CourseCompleted
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.validity.actions import make_period
from lmsapp.outreach.notices.actions import write_notice
from lmsapp.outreach.notices.recipient import recipient_of
from lmsapp.people.employees.models import Employee
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

KIND = "certificate"
TOKEN_BYTES = 16


@dataclass(frozen=True, slots=True)
class Subject:
    """Of what it is: columns of the certificate, how long it is valid, and what else is printed."""

    columns: dict[str, int]
    plan: Plan
    valid_until: dt.date | None
    printed: dict[str, Any] = field(default_factory=dict)


def certify(event: CourseCompleted) -> None:
    """In the transaction that completes the course, where the course does not say otherwise (CRT-1)."""
    if plan_of(course_id=event.enrollment.course_id).issuing is Issuing.COMPLETION:
        issue_certificate(event.enrollment, event.record)


def revoke_for_taken_back(event: CompletionTakenBack) -> None:
    """The certificate of a completion that counts no more says so at its public page (ENR-9, CRT-3)."""
    known = standing_of(event.of.id)
    if known is not None and known.revoked_at is None:
        revoke_certificate(known, by=event.by, reason=event.record.reason)


def promise_pdf(event: CertificateIssued) -> None:
    """The worker hears of it after commit."""
    promise_file(
        KIND,
        event.certificate.id,
        employee_id=event.certificate.employee_id,
        title=event.certificate.title,
        language=event.language,
    )


def tell_holder(event: FileSealed) -> None:
    """As soon as the PDF is signed; other kinds of files are not ours."""
    if event.sealed.kind == KIND:
        mail_certificate(event.sealed)


def issue_certificate(enrollment: Enrollment, record: CompletionRecord) -> Certificate:
    """The certificate of one completion record of a course; asked again, the one that is there."""
    known = standing_of(record.id)
    if known is not None:
        return known
    course = db.session.get_one(Course, enrollment.course_id)
    subject = Subject(
        columns={"enrollment_id": enrollment.id, "course_id": course.id},
        plan=plan_of(course_id=course.id),
        valid_until=make_period(enrollment, record).valid_until,
        printed={"minutes": course.minutes},
    )
    return issue(record, subject)


def issue(record: CompletionRecord, subject: Subject) -> Certificate:
    """A new certificate for a record that has none, in the newest version of the chosen template."""
    issued_on = record.occurred_at.astimezone(clock.zone(record.time_zone)).date()
    template = db.session.get(CertificateTemplate, subject.plan.template_id) if subject.plan.template_id else None
    certificate = _write(
        record_id=record.id,
        employee_id=record.employee_id,
        holder_name=record.employee_name,
        title=record.title,
        issued_on=issued_on,
        valid_until=subject.valid_until,
        template_id=template.id if template else None,
        template_version=template.version if template else None,
        printed=subject.printed,
        **subject.columns,
    )
    after = {"number": certificate.number, "employee_id": record.employee_id, "title": certificate.title}
    record_change("certificate issued", (KIND, certificate.id), by=None, after={**after, "record": record.id})
    emit(CertificateIssued(certificate, _language(record.employee_id)))
    return certificate


def standing_of(record_id: int) -> Certificate | None:
    """The certificate of a completion record; of several, the one that replaced the others."""
    return db.session.scalar(
        select(Certificate).where(Certificate.record_id == record_id, Certificate.replaced_at.is_(None))
    )


def promise_again(certificate: Certificate, by: Viewer) -> SealedFile:
    """The holder asks for the PDF of a certificate that has none yet; asked again, the promise that is there."""
    return promise_file(
        KIND,
        certificate.id,
        employee_id=certificate.employee_id,
        title=certificate.title,
        language=by.language,
    )


def mail_certificate(sealed: SealedFile) -> None:
    """Tell the holder, by e-mail with the PDF and in the product (CRT-1). Of one revoked meanwhile: nothing."""
    certificate = db.session.get_one(Certificate, sealed.subject_id)
    if certificate.revoked_at is not None or certificate.replaced_at is not None:
        return
    to = recipient_of(db.session.get_one(Employee, certificate.employee_id))
    values = {
        "title": certificate.title,
        "number": certificate.number,
        "issued_on": certificate.issued_on,
        "valid_until": certificate.valid_until,
        "verify_link": verify_address(certificate.token),
        "path": certificate.path_id is not None,
        "again": certificate.replaces_id is not None,
    }
    link = f"/learn/certificates/{certificate.id}"
    for channel, attachment in (("email", sealed.file), ("in_app", None)):
        write_notice(
            key=f"certificate/{certificate.id}/{channel}",
            channel=channel,
            template="certificate_ready",
            to=to,
            values=values,
            link=link,
            about=(KIND, certificate.id),
            reason={"why": "certificate issued"},
            attachment=attachment,
        )


def revoke_certificate(certificate: Certificate, *, by: Viewer, reason: str) -> None:
    """It stays, and says from now on that it is revoked and why (CRT-3). Raises NotAllowed or RuleBroken."""
    if not by.may(May.MODERATE):
        raise NotAllowed(N_("Only moderators can revoke a certificate."))
    if not reason.strip():
        raise RuleBroken(N_("Give the reason; the verification page shows it."), field="reason")
    _hold(certificate)
    certificate.revoked_at, certificate.revoke_reason = clock.now(), reason.strip()
    record_change(
        "certificate revoked",
        (KIND, certificate.id),
        by=by,
        before={"revoked_at": None},
        after={"revoked_at": certificate.revoked_at},
        reason=certificate.revoke_reason,
    )
    db.session.flush()
    attest(CERTIFICATES, certificate, "revoked")
    emit(CertificateRevoked(certificate))


def issue_anew(certificate: Certificate, *, holder_name: str, by: Viewer, reason: str) -> Certificate:
    """Another certificate in the place of one with a mistake: a number of its own, today's name and template.

    The old one says from now on by which it was replaced. Raises NotAllowed or RuleBroken.
    """
    if not by.may(May.MODERATE):
        raise NotAllowed(N_("Only moderators can issue a certificate anew."))
    if by.employee_id == certificate.employee_id:
        raise NotAllowed(N_("Your own certificate is issued anew by somebody else."))
    if not reason.strip():
        raise RuleBroken(N_("Give a reason; it stays on record."), field="reason")
    name = rules.checked_name(holder_name)
    _hold(certificate)
    certificate.replaced_at = clock.now()
    db.session.flush()
    attest(CERTIFICATES, certificate, "replaced")
    plan = plan_of(course_id=certificate.course_id, path_id=certificate.path_id)
    template = db.session.get(CertificateTemplate, plan.template_id) if plan.template_id else None
    same = ("record_id", "employee_id", "title", "issued_on", "printed", *rules.SUBJECT_COLUMNS)
    newer = _write(
        **{one: getattr(certificate, one) for one in same},
        holder_name=name,
        valid_until=certificate.valid_until,
        template_id=template.id if template else None,
        template_version=template.version if template else None,
        replaces_id=certificate.id,
    )
    for one, about in ((certificate, "certificate replaced"), (newer, "certificate issued")):
        said = {"number": newer.number, "name": name, "title": newer.title, "employee_id": newer.employee_id}
        before = {"number": certificate.number, "name": certificate.holder_name}
        record_change(about, (KIND, one.id), by=by, before=before, after=said, reason=reason.strip())
    emit(CertificateIssued(newer, _language(newer.employee_id)))
    return newer


def _hold(certificate: Certificate) -> None:
    """Held until commit. Raises RuleBroken where it no longer stands."""
    db.session.refresh(certificate, with_for_update=True)
    if certificate.revoked_at is not None:
        raise RuleBroken(N_("This certificate is revoked already."))
    if certificate.replaced_at is not None:
        raise RuleBroken(N_("This certificate was replaced by a newer one already."))


def _write(**columns: Any) -> Certificate:
    running = db.session.scalar(select(func.nextval(func.pg_get_serial_sequence("certificate", "id"))))
    year = columns["issued_on"].year if columns.get("replaces_id") is None else clock.now().year
    certificate = Certificate(
        id=running,
        number=rules.number(rules.prefix(site.organisation()), year, int(running or 0)),
        token=secrets.token_urlsafe(TOKEN_BYTES),
        **columns,
    )
    db.session.add(certificate)
    db.session.flush()
    attest(CERTIFICATES, certificate, "issued")
    return certificate


def _language(employee_id: int | None) -> str:
    return db.session.scalars(select(Employee.language).where(Employee.id == employee_id)).one()
