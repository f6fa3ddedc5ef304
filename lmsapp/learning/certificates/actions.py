"""Issuing at the moment of completion, mailing when the PDF is signed, revoking with a reason (CRT-1, CRT-3)."""

from __future__ import annotations

import secrets

from sqlalchemy import func, select

from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.audit.actions import record_change
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.seals.actions import promise_file
from lmsapp.evidence.seals.events import FileSealed
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra import clock, site
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.learning.certificates import rules
from lmsapp.learning.certificates.events import CertificateIssued, CertificateRevoked
from lmsapp.learning.certificates.models import Certificate
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


def certify(event: CourseCompleted) -> None:
    """In the transaction that completes the course (CRT-1)."""
    issue_certificate(event.enrollment, event.record)


def revoke_for_taken_back(event: CompletionTakenBack) -> None:
    """The certificate of a completion that counts no more says so at its public page (ENR-9, CRT-3)."""
    known = db.session.scalar(
        select(Certificate).where(Certificate.record_id == event.of.id, Certificate.revoked_at.is_(None))
    )
    if known is not None:
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
    """The certificate of one completion record; asked again, the one that is there."""
    known = db.session.scalar(select(Certificate).where(Certificate.record_id == record.id))
    if known is not None:
        return known
    course = db.session.get_one(Course, enrollment.course_id)
    employee = db.session.get_one(Employee, enrollment.employee_id)
    issued_on = record.occurred_at.astimezone(clock.zone(record.time_zone)).date()
    running = db.session.scalar(select(func.nextval(func.pg_get_serial_sequence("certificate", "id"))))
    certificate = Certificate(
        id=running,
        number=rules.number(rules.prefix(site.organisation()), issued_on.year, int(running or 0)),
        token=secrets.token_urlsafe(TOKEN_BYTES),
        record_id=record.id,
        enrollment_id=enrollment.id,
        employee_id=employee.id,
        course_id=course.id,
        holder_name=record.employee_name,
        title=record.title,
        issued_on=issued_on,
        valid_until=make_period(enrollment, record).valid_until,
    )
    db.session.add(certificate)
    db.session.flush()
    after = {"number": certificate.number, "employee_id": employee.id, "title": certificate.title}
    record_change("certificate issued", (KIND, certificate.id), by=None, after={**after, "record": record.id})
    emit(CertificateIssued(certificate, employee.language))
    return certificate


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
    if certificate.revoked_at is not None:
        return
    to = recipient_of(db.session.get_one(Employee, certificate.employee_id))
    values = {
        "title": certificate.title,
        "number": certificate.number,
        "issued_on": certificate.issued_on,
        "valid_until": certificate.valid_until,
        "verify_link": verify_address(certificate.token),
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
    db.session.refresh(certificate, with_for_update=True)
    if certificate.revoked_at is not None:
        raise RuleBroken(N_("This certificate is revoked already."))
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
    emit(CertificateRevoked(certificate))


def verify_address(token: str) -> str:
    """What the QR code leads to."""
    return site.address(f"/verify/{token}")
