"""HR's pages of compliance types, their people, batches and the filing queue (HRD-2 to HRD-4)."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import func, select

from lmsapp.compliance.batches import work
from lmsapp.compliance.batches.models import ComplianceBatch
from lmsapp.compliance.documents.models import EmployeeDocument
from lmsapp.compliance.ledger.actions import TypeFacts, create_type
from lmsapp.compliance.ledger.models import ComplianceType, EmployeeCompliance, WaiverRequest
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db
from lmsapp.people.roles import Role
from lmsapp.people.settings.actions import change_settings
from tests.cast import Person, employee, staff
from tests.client import PageClient
from tests.clock import Clock
from tests.compliance.files import PDF, Graduate

HTMX = {"HX-Request": "true"}


@pytest.fixture
def graduate(clock: Clock) -> Graduate:
    return Graduate(clock)


@pytest.fixture
def hr(client: PageClient, graduate: Graduate) -> PageClient:
    client.sign_in(graduate.hana.user_id)
    return client


def test_a_type_from_first_to_last(hr: PageClient, graduate: Graduate) -> None:
    """HRD-3: in plain words while it is written, saved, its people, changed in numbers, its words, its policies,
    archived; the page says what was changed."""
    course = graduate.learner.written.course
    facts = {"name": "HIPAA privacy", "renewal_months": "12", "notice_days": "60", "course_id": course.id,
             "evidence_needed": "y", "who": "everybody", "reminder_days": "60, 30", "kind": "training"}  # fmt: skip
    said = hr.post("/hr/compliance-types/sentence", data=facts, headers=HTMX).text
    assert "Everybody who works here must hold this. It lasts 12 months from the day it was completed." in said
    assert "Choose an audience" in hr.post("/hr/compliance-types/sentence", data=facts | {"who": "audience"}).text
    assert hr.post("/hr/compliance-types", data=facts | {"reminder_days": "soon"}).status_code == 422
    assert hr.post("/hr/compliance-types", data=facts).status_code == 303
    type_ = db.session.scalars(select(ComplianceType)).one()
    here = f"/hr/compliance-types/{type_.id}"
    page = hr.get(here).text
    assert "HR files and decides: nothing happens by itself." in page
    employee("Otto Nobody", "E-102", department="Facilities", job_role="Technician")
    db.session.commit()
    other = facts | {"who": "rule", "job_roles": "Technician", "renewal_months": "24"}
    asked = hr.post(here, data=other)
    assert "Asks 0 more people, no longer asks 1." in asked.text and type_.renewal_months == 12
    seen = re.search(r'name="seen" value="(\w+)"', asked.text)
    assert seen is not None
    assert hr.post(here, data=other | {"seen": seen[1]}).status_code == 303
    assert "no longer asks 1." in hr.get(here).text
    people = hr.get(f"{here}/people").text
    assert "Otto Nobody" in people and graduate.employee.name not in people
    assert "Nobody found" in hr.get(f"{here}/people?status=Complete", headers=HTMX).text
    assert hr.post(f"{here}/words", data={"en-99": "x"}).status_code == 303
    assert "Nothing waits at present" in hr.get(f"{here}/filing-policy").text
    assert hr.post(f"{here}/filing-policy", data={}).status_code == 303
    assert hr.post(f"{here}/filing-policy", data={}).status_code == 422
    assert "switched on by Hana Novák" in hr.get(here).text and ">files<" in hr.get(
        "/hr/compliance-types"
    ).text.replace("\n", "")
    assert hr.post(f"{here}/filing-policy/end").status_code == 303
    assert hr.post(f"{here}/archive", data={"reason": ""}).status_code == 422
    assert hr.post(f"{here}/archive", data={"reason": "The law has changed"}).status_code == 303
    assert "Archived since" in hr.get(here).text and hr.get(f"{here}/edit").status_code == 404


def test_switching_on_treats_what_waits(hr: PageClient, graduate: Graduate) -> None:
    """HRD-2: switching a policy on asks, in numbers, whether what came before is treated too; then the record says by
    which policy."""
    course_id = graduate.learner.written.course.id
    type_ = create_type(TypeFacts("HIPAA privacy", renewal_months=12, course_id=course_id), graduate.hana)
    graduate.seal()
    here = f"/hr/compliance-types/{type_.id}"
    hr.post(f"{here}/marking-policy", data={})
    assert "1 certificate came before this" in hr.get(f"{here}/filing-policy").text
    done = hr.post(f"{here}/filing-policy", data={"treat": "y"})
    page = hr.get(done.location).text
    assert "HIPAA privacy marked, renew by 2 Nov 2027" in page
    decision = db.session.scalars(select(EmployeeCompliance)).one()
    assert decision.how == "policy"
    file = hr.get(f"/hr/employees/{graduate.employee.id}").text
    assert "filed by the policy of HIPAA privacy, switched on by Hana Novák" in file
    assert "switched on by Hana Novák" in hr.get(f"/hr/employees/{graduate.employee.id}/compliance/{type_.id}").text


def test_the_queue_files_marks_and_takes_out(
    hr: PageClient, graduate: Graduate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HRD-2: each row says what it supports; all that match are filed, by the worker where they are many; marked only
    where ticked; a result for each row; all of it taken out again."""
    course_id = graduate.learner.written.course.id
    create_type(TypeFacts("HIPAA privacy", renewal_months=12, course_id=course_id), graduate.hana)
    db.session.commit()
    certificate, report = graduate.seal()
    page = hr.get("/hr/to-file?sort=who&desc=1").text
    assert "HIPAA privacy" in page and "renew by 2 Nov 2027" in page
    wrong = hr.post("/hr/to-file/filings", data={"everybody": "1", "seen": "7", "type": "Training Record", "back": ""})
    assert wrong.status_code == 422 and "2 results are ready to file now" in wrong.text
    assert hr.post("/hr/to-file/filings", data={"pick": [certificate.id, 999999]}).status_code == 404
    assert hr.post("/hr/to-file/filings", data={}).status_code == 422
    monkeypatch.setattr(work, "AT_ONCE", 0)
    data = {"everybody": "1", "seen": "2", "type": "Training Record", "mark": "1", "back": ""}
    asked = hr.post("/hr/to-file/filings", data=data)
    batch = db.session.scalars(select(ComplianceBatch)).one()
    assert asked.location.endswith(f"/hr/compliance-batches/{batch.id}") and "0 of 2" in hr.get(asked.location).text
    assert hr.get(f"{asked.location}/progress", headers=HTMX).status_code == 200
    assert hr.post(f"{asked.location}/end", data={"reason": "Too soon"}).status_code == 422
    db.session.commit()
    work.work_on(batch.id)
    assert "HX-Redirect" in hr.get(f"{asked.location}/progress", headers=HTMX).headers
    page = hr.get(asked.location).text
    assert "HIPAA privacy marked, renew by 2 Nov 2027" in page and "on record with this completion already" in page
    assert "Everything is filed" in hr.get("/hr/to-file").text
    monkeypatch.setattr(work, "AT_ONCE", 50)
    assert hr.post(f"{asked.location}/end", data={"reason": ""}).status_code == 422
    back = hr.post(f"{asked.location}/end", data={"reason": "Wrong people"})
    assert "Done" in hr.get(back.location).text and "This was taken out again" in hr.get(asked.location).text
    assert "2 results to file" in hr.get("/hr/to-file").text
    kept = (EmployeeDocument.archived_at.is_(None), EmployeeDocument.source != "signature")
    assert db.session.scalar(select(func.count()).where(*kept)) == 0
    certificate_only = {"pick": certificate.id, "type": "Nothing of the kind"}
    assert hr.post("/hr/to-file/filings", data=certificate_only).status_code == 422
    assert report.id != certificate.id


def test_a_paper_filed_and_marked_in_one_step(hr: PageClient, graduate: Graduate) -> None:
    """HRD-4: outside training alike: upload and decision together, all of it or nothing; taken back; many at once with
    a result for each; reading is logged."""
    facts = TypeFacts("I-9", kind="identity")
    type_ = create_type(facts, graduate.hana)
    db.session.commit()
    here = f"/hr/employees/{graduate.employee.id}/compliance/{type_.id}"
    paper = {"completed_on": "2026-11-02", "file_type": "Other", "file": (io.BytesIO(PDF), "I-9.pdf")}
    bad = paper | {"completed_on": "2027-01-01", "file": (io.BytesIO(PDF), "I-9.pdf")}
    assert hr.post(f"{here}/completion", data=bad, content_type="multipart/form-data").status_code == 422
    shown = EmployeeDocument.source == "upload"
    assert db.session.scalar(select(func.count()).where(shown)) == 0
    assert hr.post(f"{here}/completion", data=paper, content_type="multipart/form-data").status_code == 303
    assert db.session.scalars(select(EmployeeCompliance)).one().evidence_id is not None
    assert "Take the decision back" in hr.get(here).text
    assert hr.post(f"{here}/undoing").status_code == 303
    assert hr.post(f"{here}/undoing").status_code == 422
    assert hr.post(f"{here}/waiver", data={"reason": "Volunteer", "not_applicable": "y"}).status_code == 303
    assert "Does not concern this person" in hr.get(here).text
    many = f"/hr/compliance-types/{type_.id}/decisions"
    new = employee("Otto Nobody", "E-102", department="Facilities", job_role="Technician").record
    db.session.commit()
    assert "Mark 2 people Complete" in hr.get(f"{many}?what=mark&pick={new.id}&pick={graduate.employee.id}").text
    assert "Nobody is selected" in hr.get(f"{many}?what=mark&pick=999999").text
    data = {"what": "mark", "pick": [new.id, graduate.employee.id], "completed_on": "2026-11-02"}
    result = hr.get(hr.post(many, data=data).location).text
    assert "Choose the document that shows it" in result and "Not done" in result
    assert (
        hr.post(many, data={"what": "waive", "everybody": "1", "seen": "2", "back": "", "reason": ""}).status_code
        == 422
    )
    waived = hr.post(many, data={"what": "waive", "everybody": "1", "seen": "2", "back": "", "reason": "Closed"})
    assert waived.status_code == 303
    assert (db.session.scalar(select(func.count()).where(AuditEntry.action == "looked at")) or 0) > 0


def test_two_people_for_a_waiver(hr: PageClient, graduate: Graduate, client: PageClient) -> None:
    """HRD-4: it waits, whoever asked cannot approve it, another one of HR does."""
    type_ = create_type(TypeFacts("I-9"), graduate.hana)
    sam: Person = staff("Sam Whitaker", Role.SYSTEM_MANAGER)
    change_settings({"waiver_second_person": True}, sam.viewer)
    db.session.commit()
    here = f"/hr/employees/{graduate.employee.id}/compliance/{type_.id}"
    assert "No waiver waits" in hr.get("/hr/waivers").text
    hr.post(f"{here}/waiver", data={"reason": "Volunteer"})
    waiver = db.session.scalars(select(WaiverRequest)).one()
    assert "A waiver waits for a second person" in hr.get(here).text
    answer = f"/hr/waivers/{waiver.id}/answer"
    assert hr.post(answer, data={"answer": "approve"}).status_code == 422
    client.sign_in(sam.user.id)
    assert client.post(answer, data={"answer": "decline"}).status_code == 422
    assert "1 waiver" in client.get("/hr/employees").text
    assert client.post(answer, data={"answer": "approve"}).status_code == 303
    assert "Approved by Sam Whitaker" in client.get(here).text


def test_nobody_else_enters(client: PageClient, graduate: Graduate) -> None:
    """SEC-4: the learner and an author have no way in; a list of 5 and of 50 costs the same."""
    type_ = create_type(TypeFacts("I-9"), graduate.hana)
    db.session.commit()
    for viewer in (graduate.learner.viewer, graduate.learner.written.by):
        client.sign_in(viewer.user_id)
        for address in (f"/hr/compliance-types/{type_.id}", f"/hr/compliance-types/{type_.id}/people", "/hr/waivers"):
            assert client.get(address).status_code == 403
        assert client.post(f"/hr/compliance-types/{type_.id}/archive", data={"reason": "x"}).status_code == 403


def test_as_many_statements_for_many(hr: PageClient, graduate: Graduate, statements: list[str]) -> None:
    """HRD-2, HRD-4: a page of people costs the same for three and for thirty."""
    type_ = create_type(TypeFacts("I-9"), graduate.hana)
    db.session.commit()
    counts = []
    for first, last in ((0, 2), (2, 30)):
        for number in range(first, last):
            employee(f"Nurse{number} Kahn", f"N-{number}", department="Cardiology", job_role="RN")
        db.session.commit()
        hr.get(f"/hr/compliance-types/{type_.id}/people")
        statements.clear()
        hr.get(f"/hr/compliance-types/{type_.id}/people")
        counts.append(len(statements))
    assert counts[0] == counts[1]
