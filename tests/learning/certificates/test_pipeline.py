"""From the last lesson to the signed PDF in the mail: everything happens, and everything happens once."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, select

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.evidence.seals.queries import sealed_for
from lmsapp.infra import files
from lmsapp.infra.db import db
from lmsapp.infra.queue import Ring
from lmsapp.jobs import run_job
from lmsapp.learning.certificates.actions import issue_certificate
from lmsapp.learning.certificates.models import Certificate
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.employees.actions import leave
from tests.clock import Clock
from tests.learning.certificates.learners import Learner


def how_many(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def notices(template: str) -> list[Notice]:
    return list(db.session.scalars(select(Notice).where(Notice.template == template).order_by(Notice.channel)))


def test_completing_does_everything_in_one_transaction(clock: Clock, rings: list[Ring]) -> None:
    """CRT-1, ASG-8, EVD-1: record, assignment, certificate and promises stand when the last answer is in."""
    learner = Learner(clock)
    learner.read()
    clock.set(dt.datetime(2026, 11, 3, 3, tzinfo=dt.UTC))  # still 2 November in Chicago
    rings.clear()
    learner.take_quiz()

    record = db.session.scalars(select(CompletionRecord)).one()
    certificate = learner.certificate
    assignment = db.session.get_one(TrainingAssignment, learner.assignment.id)
    assert certificate.record_id == record.id
    assert (certificate.issued_on, certificate.valid_until) == (dt.date(2026, 11, 2), dt.date(2027, 11, 2))
    assert certificate.number == f"NH-2026-{certificate.id:05d}"
    assert assignment.completed_on == dt.date(2026, 11, 2)
    kinds = set(db.session.scalars(select(SealedFile.kind)))
    assert kinds == {"certificate", "quiz_report", "signature"}
    assert {one.job for one in rings} == {"seal"}


def test_the_pdf_is_mailed_once_it_is_signed(clock: Clock, rings: list[Ring]) -> None:
    """CRT-1, EVD-7: the e-mail carries the sealed PDF, the notice in the product leads to the certificate."""
    certificate = Learner(clock).finish()
    assert notices("certificate_ready") == []

    run_job("seal", 0)
    run_job("seal", 0)

    sealed = sealed_for("certificate", certificate.id)
    assert sealed is not None
    assert sealed.file is not None
    mail, in_app = notices("certificate_ready")
    assert (mail.channel, in_app.channel) == ("email", "in_app")
    assert mail.attachment_id == sealed.file_id
    assert in_app.link == f"/learn/certificates/{certificate.id}"
    assert files.read(sealed.file.sha256).startswith(b"%PDF-")
    assert sealed_for("quiz_report", 0) is None
    assert db.session.scalar(select(SealedFile.status).where(SealedFile.kind == "quiz_report")) == "ready"


def test_doubled_and_repeated_requests_change_nothing(clock: Clock, rings: list[Ring]) -> None:
    """CRT-1: whatever is sent, issued or rung twice, there is one of each, and the PDF stays the same bytes."""
    learner = Learner(clock)
    certificate = learner.finish()
    submission = learner.take_quiz_again()
    learner.read()
    learner.mark(learner.written.text)
    record = db.session.scalars(select(CompletionRecord)).one()
    assert issue_certificate(learner.enrollment, record).id == certificate.id
    for _again in range(4):
        run_job("seal", 0)
    sealed = sealed_for("certificate", certificate.id)
    assert sealed is not None
    assert sealed.file is not None
    digest, tries = sealed.file.sha256, sealed.tries
    clock.move(days=1)
    for _again in range(3):
        run_job("seal", sealed.id)

    assert submission.number == 1
    assert how_many(CompletionRecord) == how_many(Certificate) == 1
    assert how_many(SealedFile) == 3
    assert len(notices("certificate_ready")) == 2
    assert (sealed.file.sha256, sealed.tries) == (digest, tries)


def test_a_failed_attempt_gets_its_report_and_no_certificate(clock: Clock, rings: list[Ring]) -> None:
    """QIZ-6: each attempt handed in is evidence, whether passed or not."""
    learner = Learner(clock)
    learner.read()
    first = learner.take_quiz(right=False)
    second = learner.take_quiz()

    reports = db.session.scalars(select(SealedFile.subject_id).where(SealedFile.kind == "quiz_report"))
    assert sorted(reports) == sorted([first.id, second.id])
    assert how_many(Certificate) == 1


@pytest.mark.parametrize(("source", "expected"), [("staff", 2), ("demo", 0)])
def test_new_training_is_told(clock: Clock, source: str, expected: int) -> None:
    """REM-1: by e-mail and in the product, with the due date; the demo's own data tells nobody."""
    Learner(clock, source=source)
    told = notices("training_assigned")
    assert len(told) == expected
    assert all("4 Dec" in one.body_text for one in told)


def test_leaving_closes_what_is_open(clock: Clock) -> None:
    """ORG-5: open training of somebody who left is closed, completed training stays."""
    learner = Learner(clock)
    leave(learner.employee, dt.date(2026, 11, 2), None)
    db.session.commit()
    db.session.refresh(learner.assignment)
    assert learner.assignment.closed_as == "left"
