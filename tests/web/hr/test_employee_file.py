"""HR's pages: the employee file, the queue, the ledger, the report (HRD-1 to HRD-4, REP-1, SEC-4)."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import func, select

from lmsapp.compliance.documents.models import EmployeeDocument
from lmsapp.compliance.ledger.models import ComplianceType, EmployeeCompliance
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db
from tests.client import PageClient
from tests.clock import Clock
from tests.compliance.files import PDF, PNG, Graduate

HTMX = {"HX-Request": "true"}


@pytest.fixture
def graduate(clock: Clock) -> Graduate:
    return Graduate(clock)


@pytest.fixture
def hr(client: PageClient, graduate: Graduate) -> PageClient:
    client.sign_in(graduate.hana.user_id)
    return client


def test_waiting_then_filed_both(hr: PageClient, graduate: Graduate) -> None:
    """HRD-2: what the worker still makes shows as waiting and asks again; ready ones are filed in one step."""
    address = f"/hr/employees/{graduate.employee.id}"
    first = hr.get(address).text
    assert "2 results are in learning" in first
    assert 'hx-trigger="every 2s"' in first
    sealed = graduate.seal()
    ready = hr.get(address).text
    assert "File both" in ready
    assert 'hx-trigger="every 2s"' not in ready
    filed = hr.post(f"{address}/filings", data={"sealed": [one.id for one in sealed]}, headers=HTMX)
    assert filed.status_code == 200
    assert "Completed, not yet filed" not in filed.text
    assert filed.text.count("filed by Hana Novák") == 2
    assert "2 documents filed." in filed.headers["HX-Trigger"]


def test_filing_twice_is_refused_in_words(hr: PageClient, graduate: Graduate) -> None:
    """HRD-2: double filing is impossible, also from a stale page."""
    sealed, address = graduate.seal()[0], f"/hr/employees/{graduate.employee.id}/filings"
    assert hr.post(address, data={"sealed": sealed.id}).status_code == 303
    again = hr.post(address, data={"sealed": sealed.id}, headers=HTMX)
    assert again.status_code == 422
    assert "in the file already" in again.text
    assert db.session.scalar(select(func.count()).where(EmployeeDocument.source != "signature")) == 1


def test_somebody_elses_evidence_is_not_filed_here(hr: PageClient, graduate: Graduate) -> None:
    """SEC-4: a child id of another parent does not exist."""
    sealed = graduate.seal()[0]
    assert hr.post("/hr/employees/999999/filings", data={"sealed": sealed.id}).status_code == 404
    assert hr.post(f"/hr/employees/{graduate.employee.id}/filings", data={"sealed": 999999}).status_code == 404


def test_nothing_ticked_is_said_in_words(hr: PageClient, graduate: Graduate) -> None:
    """SEC-6: a press without a choice says what to do."""
    graduate.seal()
    nothing = hr.post(f"/hr/employees/{graduate.employee.id}/filings", data={})
    assert nothing.status_code == 422
    assert "Tick at least one row first." in nothing.text


def test_upload_several_open_and_take_out(hr: PageClient, graduate: Graduate) -> None:
    """HRD-1, HRD-2, EVD-3: several files at once; opened as attachment and logged; taken out with a reason."""
    address = f"/hr/employees/{graduate.employee.id}/documents"
    files = [(io.BytesIO(PDF), "tb screening.pdf"), (io.BytesIO(PNG), "badge.png")]
    done = hr.post(address, data={"files": files, "type": "Other"}, headers=HTMX, content_type="multipart/form-data")
    assert done.status_code == 200
    assert "tb screening" in done.text
    document = db.session.scalars(
        select(EmployeeDocument).where(EmployeeDocument.source != "signature").order_by(EmployeeDocument.id)
    ).first()
    assert document is not None
    got = hr.get(f"/hr/documents/{document.id}")
    assert got.data == PDF
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    got.close()
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "opened")).one()
    assert entry.actor_name == "Hana Novák"
    assert "Opened tb screening" in hr.get(f"/hr/employees/{graduate.employee.id}/timeline").text
    assert hr.post(f"/hr/documents/{document.id}/removal", data={"reason": ""}).status_code == 422
    assert hr.post(f"/hr/documents/{document.id}/removal", data={"reason": "Wrong person"}).status_code == 303
    assert hr.get(f"/hr/documents/{document.id}").status_code == 404


def test_a_bad_file_leaves_the_others(hr: PageClient, graduate: Graduate) -> None:
    """HRD-2, SEC-6: each file has its own result in words; a refused one is not stored, a good one is."""
    files = [(io.BytesIO(PDF), "good.pdf"), (io.BytesIO(b"<html>"), "bad.pdf")]
    address = f"/hr/employees/{graduate.employee.id}/documents"
    refused = hr.post(address, data={"files": files, "type": "Other"}, content_type="multipart/form-data")
    assert refused.status_code == 200
    assert "bad.pdf is not a PDF" in refused.text and "1 document filed." in refused.text
    assert db.session.scalar(select(func.count()).where(EmployeeDocument.source != "signature")) == 1
    again = hr.post(address, data={"files": (io.BytesIO(b"<html>"), "bad.pdf"), "type": "Other", "one": "1"})
    assert again.status_code == 422 and "bad.pdf is not a PDF" in again.text
    twice = hr.post(address, data={"files": (io.BytesIO(PDF), "twin.pdf"), "type": "Other", "one": "1"})
    assert twice.status_code == 422 and "twin.pdf is in the file already, as “good”" in twice.text
    none = hr.post(address, data={"type": "Other"}, content_type="multipart/form-data")
    assert "Choose one to 50 files" in none.text


def test_the_ledger_in_the_browser(hr: PageClient, graduate: Graduate) -> None:
    """HRD-3, HRD-4: from no type at all to Complete, with the renewal date shown before it is saved."""
    assert "Nothing must be held yet" in hr.get("/hr/compliance-types").text
    facts = {"name": "HIPAA privacy", "regulator": "HHS", "renewal_months": "12", "notice_days": "60",
             "evidence_needed": "y", "course_id": graduate.learner.written.course.id}  # fmt: skip
    assert hr.post("/hr/compliance-types", data=facts | {"name": ""}).status_code == 422
    assert hr.post("/hr/compliance-types", data=facts).status_code == 303
    type_ = db.session.scalars(select(ComplianceType)).one()
    assert type_.evidence_needed
    here = f"/hr/employees/{graduate.employee.id}/compliance/{type_.id}"
    assert "no document in this file yet" in hr.get(here).text
    sealed = graduate.seal()[0]
    hr.post(f"/hr/employees/{graduate.employee.id}/filings", data={"sealed": sealed.id})
    page = hr.get(here).text
    assert "2 Nov 2027" in page
    assert "31 Jan 2027" in hr.get(f"{here}/renewal?completed_on=2026-01-31", headers=HTMX).text
    assert hr.get(f"{here}/renewal?completed_on=nonsense", headers=HTMX).status_code == 200
    document = db.session.scalars(select(EmployeeDocument.id).where(EmployeeDocument.source != "signature")).one()
    refused = hr.post(f"{here}/completion", data={"completed_on": "2026-11-02"})
    assert refused.status_code == 422
    assert "Choose the document that shows it" in refused.text
    assert hr.post(f"{here}/completion", data={"completed_on": "2026-11-02", "evidence": document}).status_code == 303
    assert "Renew by 2 Nov 2027" in hr.get(f"/hr/employees/{graduate.employee.id}").text
    refused = hr.post(f"{here}/waiver", data={"reason": ""})
    assert refused.status_code == 422
    assert hr.post(f"{here}/waiver", data={"reason": "No patients"}).status_code == 303
    assert hr.post(f"{here}/requirement", data={"reason": "Back on the ward"}).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(EmployeeCompliance)) == 3
    assert "No patients" in hr.get(here).text


def test_the_queue_files_many(hr: PageClient, graduate: Graduate) -> None:
    """HRD-2: bulk filing over all employees, filters in the address."""
    sealed = graduate.seal()
    assert "2 results to file" in hr.get("/hr/to-file").text
    assert "1 result to file" in hr.get("/hr/to-file?kind=certificate", headers=HTMX).text
    data = {"pick": [one.id for one in sealed], "type": "Policy Acknowledgment", "back": ""}
    done = hr.post("/hr/to-file/filings", data=data, headers=HTMX)
    assert "Everything is filed" in done.text
    kept = db.session.scalars(select(EmployeeDocument).where(EmployeeDocument.source != "signature")).all()
    assert len(kept) == 2
    assert "Policy Acknowledgment" in hr.get(f"/hr/employees/{graduate.employee.id}").text


def test_every_tab_and_the_report(hr: PageClient, graduate: Graduate) -> None:
    """HRD-1, REP-1: each page of the file answers; the report downloads."""
    for tab in ("", "/profile", "/training", "/compliance", "/timeline"):
        assert graduate.employee.name in hr.get(f"/hr/employees/{graduate.employee.id}{tab}").text
    course = graduate.learner.written.course.title
    assert f"{course} · " in hr.get(f"/hr/employees/{graduate.employee.id}/timeline").text, (
        "which one they were enrolled in"
    )
    assert hr.get("/hr/employees/999999").status_code == 404
    enrollment = graduate.learner.enrollment.id
    assert "What was measured" in hr.get(f"/hr/enrollments/{enrollment}/why").text
    assert "Completion report" in hr.get("/hr/reports/completion").text
    sheet = hr.get(f"/hr/reports/completion.csv?course={graduate.learner.written.course.id}")
    assert graduate.employee.name in sheet.text
    assert sheet.get_data().startswith(b"\xef\xbb\xbfEmployee number,")


def test_nobody_else_enters(client: PageClient, graduate: Graduate) -> None:
    """SEC-4: the learner, whose file it is, has no way into HR's wing; nor has a stranger."""
    document = f"/hr/employees/{graduate.employee.id}"
    for viewer in (graduate.learner.viewer, graduate.learner.written.by):
        client.sign_in(viewer.user_id)
        for address in (
            document,
            "/hr/to-file",
            "/hr/compliance-types",
            "/hr/reports/completion.csv",
            "/hr/documents/1",
        ):
            assert client.get(address).status_code == 403
        assert client.post(f"{document}/filings", data={"sealed": 1}).status_code == 403
    client.sign_out()
    assert client.get(document).status_code == 302
