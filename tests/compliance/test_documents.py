"""The employee file (HRD-1, HRD-2, SEC-4, SEC-6, EVD-3)."""

from __future__ import annotations

import hashlib
import io

import pytest
from sqlalchemy import func, select

from lmsapp.compliance.documents.actions import (
    add_standard_types,
    file_sealed,
    note_opened,
    take_out,
    type_named,
    upload,
)
from lmsapp.compliance.documents.models import DocumentType, EmployeeDocument
from lmsapp.compliance.documents.queries import (
    FileFilters,
    count_to_file,
    document_for,
    documents_of,
    to_file,
    type_names,
    unfiled_of,
)
from lmsapp.compliance.documents.rules import may_open
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra.db import db
from lmsapp.infra.files import read
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.people.employees.queries import employee_for
from lmsapp.people.roles import Role
from tests.cast import make_cast, staff
from tests.clock import Clock
from tests.compliance.files import JPG, PDF, PNG, Graduate, docx, pdf


@pytest.fixture
def graduate(clock: Clock) -> Graduate:
    return Graduate(clock)


def test_filed_in_one_step(graduate: Graduate) -> None:
    """HRD-1, HRD-2: the sealed bytes become the document; source, who, when and SHA-256 stand on it; the queue shrinks."""
    sealed = graduate.seal()
    assert [one.kind for one in sealed] == ["certificate", "quiz_report"]
    assert {one.kind for one in unfiled_of(graduate.hana, graduate.employee.id)} == {"quiz_report", "certificate"}
    document = file_sealed(sealed[0], type_named("Training Record"), graduate.hana)
    assert (document.source, document.filed_by_name, document.title) == ("certificate", "Hana Novák", "Hand hygiene")
    assert document.sha256 == hashlib.sha256(PDF + str(sealed[0].id).encode()).hexdigest()
    assert [one.kind for one in unfiled_of(graduate.hana, graduate.employee.id)] == ["quiz_report"]
    assert count_to_file(graduate.hana) == 1
    row = documents_of(graduate.hana, graduate.employee.id)[0]
    assert row.certificate_number == graduate.learner.certificate.number


def test_double_filing_is_impossible(graduate: Graduate) -> None:
    """HRD-2: the second click is refused in words, and the database holds one row."""
    sealed = graduate.seal()[0]
    file_sealed(sealed, type_named("Training Record"), graduate.hana)
    with pytest.raises(RuleBroken, match="in the file already"):
        file_sealed(sealed, type_named("Other"), graduate.hana)
    assert db.session.scalar(select(func.count()).where(EmployeeDocument.sealed_file_id == sealed.id)) == 1


def test_nothing_unready_is_filed(graduate: Graduate) -> None:
    """HRD-2: a PDF that waits shows as waiting and cannot be filed."""
    waiting = unfiled_of(graduate.hana, graduate.employee.id)
    assert {one.status for one in waiting} == {"waiting"}
    sealed = db.session.scalars(select(SealedFile).where(SealedFile.kind == "certificate")).first()
    assert sealed is not None
    sealed.file = None
    with pytest.raises(RuleBroken, match="not ready yet"):
        file_sealed(sealed, type_named("Training Record"), graduate.hana)


def test_taken_out_and_filed_anew(graduate: Graduate) -> None:
    """HRD-1: with a reason; the row stays, the evidence can be filed again."""
    sealed = graduate.seal()[0]
    document = file_sealed(sealed, type_named("Training Record"), graduate.hana)
    with pytest.raises(RuleBroken, match="Say why"):
        take_out(document, graduate.hana, " ")
    take_out(document, graduate.hana, "Wrong kind")
    db.session.flush()
    left = documents_of(graduate.hana, graduate.employee.id)
    assert [one.source for one in left] == ["signature"], "the signed pledge, which filed itself"
    assert document_for(graduate.hana, document.id) is None
    file_sealed(sealed, type_named("Policy Acknowledgment"), graduate.hana)
    assert db.session.scalar(select(func.count()).where(EmployeeDocument.sealed_file_id == sealed.id)) == 2


@pytest.mark.parametrize(
    ("content", "name", "media_type", "kept_as"),
    [
        (PDF, "TB screening.pdf", "application/pdf", "TB screening.pdf"),
        (PNG, "photo.PNG", "image/png", "photo.PNG"),
        (JPG, "../../etc/card.jpg", "image/jpeg", "card.jpg"),
        (PDF, "evil.html", "application/pdf", "evil.pdf"),
        (docx(), "letter.docx", None, "letter.docx"),
    ],
)
def test_uploads_are_what_their_content_says(
    graduate: Graduate, content: bytes, name: str, media_type: str | None, kept_as: str
) -> None:
    """HRD-2, SEC-6: type and name follow from the content, folders in the name are dropped."""
    document = upload(graduate.employee, io.BytesIO(content), name, type_named("Other"), graduate.hana)
    assert document.file.name == kept_as
    assert media_type in (None, document.file.media_type)
    assert read(document.sha256) == content


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "empty.pdf"),
        (b"<html><script>alert(1)</script>", "invoice.pdf"),
        (b"MZ\x90\x00", "setup.docx"),
        (docx(real=False), "macro.docx"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "logo.png"),
        (PDF + b"0" * (25 * 1024 * 1024), "huge.pdf"),
    ],
)
def test_other_content_is_refused_by_name(graduate: Graduate, content: bytes, name: str) -> None:
    """HRD-2, SEC-6: nothing is stored, and the words name the file."""
    with pytest.raises(RuleBroken) as refused:
        upload(graduate.employee, io.BytesIO(content), name, type_named("Other"), graduate.hana)
    assert name in str(refused.value)
    assert db.session.scalar(select(func.count()).select_from(EmployeeDocument)) == 0


def test_a_licence_needs_its_last_day(graduate: Graduate) -> None:
    """HRD-1: types say whether an expiry is needed."""
    with pytest.raises(RuleBroken, match="last valid day"):
        upload(graduate.employee, io.BytesIO(PDF), "rn.pdf", type_named("Licence"), graduate.hana)


def test_who_may_open_what(clock: Clock) -> None:
    """HRD-1, SEC-4: Identity is for HR, a licence for the line too, a training record for oneself too; others get nothing."""
    cast = make_cast()
    hana = cast.hana.viewer
    lena = employee_for(hana, cast.lena.record.id)
    assert lena is not None
    add_standard_types()
    made = {}
    for name in ("Identity", "Licence", "Training Record"):
        type_ = type_named(name)
        until = clock.instant.date() if type_.needs_expiry else None
        made[name] = upload(lena, io.BytesIO(pdf(name.encode())), f"{name}.pdf", type_, hana, expires_on=until).id
    db.session.commit()
    can = {
        who: {name for name, id_ in made.items() if document_for(getattr(cast, who).viewer, id_)}
        for who in ("hana", "mark", "lena", "otto", "carla", "milo", "aki")
    }
    assert can == {
        "hana": {"Identity", "Licence", "Training Record"},
        "mark": {"Licence", "Training Record"},
        "lena": {"Training Record"},
        "otto": set(),
        "carla": set(),
        "milo": set(),
        "aki": set(),
    }
    assert may_open("employee", keeps_records=False, leads=False, own=True)


def test_only_hr_files(graduate: Graduate) -> None:
    """SEC-4: the action itself refuses everybody else."""
    sealed = graduate.seal()[0]
    moderator = staff("Milo Brandt", Role.MODERATOR).viewer
    with pytest.raises(NotAllowed):
        file_sealed(sealed, type_named("Training Record"), moderator)


def test_opening_is_on_the_record(graduate: Graduate) -> None:
    """EVD-3: reading an employee's document is logged, with what and whose."""
    document = file_sealed(graduate.seal()[0], type_named("Training Record"), graduate.hana)
    note_opened(document, graduate.hana)
    db.session.flush()
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "opened")).one()
    assert (entry.actor_name, entry.subject_id) == ("Hana Novák", document.id)


def test_standard_types_come_once(graduate: Graduate) -> None:
    """HRD-1: they are offered before they exist, come into being on first use, and never twice."""
    assert type_names() == ["Training Record", "Policy Acknowledgment", "Licence", "Identity", "Other"]
    type_named("Other")
    add_standard_types()
    assert db.session.scalar(select(func.count()).select_from(DocumentType)) == 5
    with pytest.raises(RuleBroken):
        type_named("Love letter")


def test_the_queue_filters(graduate: Graduate) -> None:
    """HRD-2: by person, kind and course; only what the viewer may see."""
    graduate.seal()
    hana = graduate.hana
    assert to_file(hana, FileFilters()).total == 2
    assert [r.kind for r in to_file(hana, FileFilters(kinds=("certificate",))).rows] == ["certificate"]
    assert to_file(hana, FileFilters(search="priya", courses=(graduate.learner.written.course.id,))).total == 2
    assert to_file(hana, FileFilters(search="nobody")).total == 0
    assert to_file(staff("Cora Reyes", Role.COURSE_CREATOR).viewer, FileFilters()).total == 0
