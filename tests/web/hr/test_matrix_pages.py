"""The matrix and the reconciliation as pages: who sees whom, evidence behind each cell, many at once (HRD-6, HRD-7)."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import delete, func, select

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.compliance.ledger.actions import TypeFacts, create_type, waive
from lmsapp.compliance.ledger.models import ComplianceDuty, ComplianceType
from lmsapp.compliance.reconciling.models import ReconciliationRight, ReconciliationRun
from lmsapp.compliance.reconciling.work import work_on_look
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db
from lmsapp.people.employees.queries import employee_for
from tests.client import PageClient
from tests.clock import Clock
from tests.compliance.files import Graduate
from tests.insight.crowd import Crowd
from tests.kept import kept

HTMX = {"HX-Request": "true"}


@pytest.fixture
def crowd(clock: Clock) -> Crowd:
    return Crowd(6)


@pytest.fixture
@kept
def types(crowd: Crowd) -> list[ComplianceType]:
    """Two types; the first is asked of everybody in the crowd, waived for one."""
    hana = crowd.cast.hana.viewer
    found = [
        create_type(TypeFacts("HIPAA privacy", "HHS", course_id=crowd.courses[0].id), hana),
        create_type(TypeFacts("Fit test", "OSHA"), hana),
    ]
    db.session.execute(delete(ComplianceDuty))
    for one in crowd.employees:
        db.session.add(ComplianceDuty(type_id=found[0].id, employee_id=one.id))
    person = employee_for(hana, crowd.employees[0].id)
    assert person is not None
    waive(person, found[0], by=hana, reason="On leave")
    db.session.commit()
    return found


def test_the_matrix_and_what_is_behind_it(client: PageClient, crowd: Crowd, types: list[ComplianceType]) -> None:
    """HRD-7: sign, letter and word in a cell; heads count what the filters leave; a cell opens the decision; an export
    is noted; nothing shared with HTMX and without."""
    client.sign_in(crowd.cast.hana.user.id)
    page = client.get("/hr/matrix")
    first = crowd.employees[0].id
    assert f'href="/hr/matrix/{first}/{types[0].id}"' in page.text
    assert re.search(r'class="cell cell-w".*?Waived', page.text, re.S)
    assert "5 missing" in page.text
    part = client.get("/hr/matrix?status=N&type=" + str(types[0].id), headers=HTMX)
    assert "<html" not in part.text
    assert f"/hr/matrix/{first}/" not in part.text
    assert "5 people" in part.text
    cell = client.get(f"/hr/matrix/{first}/{types[0].id}", headers=HTMX)
    assert "On leave" in cell.text
    assert "Hana" in cell.text
    whole = client.get(f"/hr/matrix/{crowd.employees[1].id}/{types[0].id}")
    assert "Nobody has decided yet." in whole.text
    assert client.get(f"/hr/matrix/{first}/999999").status_code == 404
    sheet = client.get("/hr/matrix/list.csv?form=long&status=N").text
    assert sheet.count("Required") == 5
    assert client.get("/hr/matrix/list.xlsx").status_code == 200
    noted = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "downloaded")).all()
    assert [one.after["list"] for one in noted if one.after] == ["compliance matrix"] * 2
    assert "Nobody fits" in client.get("/hr/matrix?q=zzz").text
    client.get("/hr/matrix?page=x&sort=x&type=x&status=Q&department=99999999999&role=%00")


def test_who_sees_whom(client: PageClient, crowd: Crowd, types: list[ComplianceType]) -> None:
    """HRD-7, SEC-4: a manager the own line, to read; an auditor everybody; Otto nothing."""
    cell = f"{crowd.employees[0].id}/{types[0].id}"
    client.sign_in(crowd.cast.mark.user.id)
    page = client.get("/team/matrix").text
    assert "Person 0005" in page
    assert "bulk-what" not in page
    assert client.get(f"/team/matrix/{cell}").status_code == 200
    assert client.get(f"/team/matrix/{crowd.cast.mark.record.id}/{types[0].id}").status_code == 404
    assert client.get("/hr/matrix").status_code == 403
    client.sign_in(crowd.cast.aki.user.id)
    assert "Person 0005" in client.get("/admin/compliance-matrix").text
    assert client.get(f"/admin/compliance-matrix/{cell}").status_code == 200
    client.sign_in(crowd.cast.otto.user.id)
    for address in ("/hr/matrix", f"/hr/matrix/{cell}", "/hr/reconciliation", "/admin/compliance-matrix"):
        assert client.get(address).status_code == 403
    assert client.post("/hr/matrix/changes", data={}).status_code == 403


def test_assign_and_remind_many(client: PageClient, crowd: Crowd, types: list[ComplianceType]) -> None:
    """HRD-7, ASG-5: for all that match; who has nothing to do, or has it already, is named and left alone."""
    client.sign_in(crowd.cast.hana.user.id)
    given = {"what": "assign", "type": types[0].id, "everybody": "1", "back": f"?type={types[0].id}"}
    question = client.get("/hr/matrix/changes/new", query_string=given)
    assert "5 people have something to do" in question.text
    before = db.session.scalar(select(func.count()).select_from(TrainingAssignment))
    late = client.post("/hr/matrix/changes", data={**given, "seen": "4", "due_on": "2026-12-20"})
    assert late.status_code == 422
    done = client.post("/hr/matrix/changes", data={**given, "seen": "5", "due_on": "2026-12-20"})
    assert "1 more was chosen and has nothing to do" in done.text
    after = db.session.scalar(select(func.count()).select_from(TrainingAssignment))
    made = (after or 0) - (before or 0)
    assert f"Done for {made} " in done.text
    assert f"Not done for {5 - made} " in done.text
    remind = {"what": "remind", "type": types[0].id, "pick": [one.id for one in crowd.employees]}
    first = client.post("/hr/matrix/changes", data=remind).text
    assert re.search(r"Done for [1-5] p", first)
    assert "has nothing to do" in first
    assert "was reminded today already" in client.post("/hr/matrix/changes", data=remind).text
    assert client.post("/hr/matrix/changes", data={**remind, "what": "delete"}).status_code == 404


def test_reconciliation_from_its_page(client: PageClient, clock: Clock) -> None:
    """HRD-6: look, mend in place, say that it is right, take that back, take it along; settled rows say so."""
    graduate = Graduate(clock)
    course = graduate.learner.written.course
    type_ = create_type(TypeFacts("HIPAA privacy", renewal_months=12, course_id=course.id), graduate.hana)
    graduate.seal()
    client.sign_in(graduate.hana.user_id)
    assert "Nobody has looked yet" in client.get("/hr/reconciliation").text
    assert client.post("/hr/reconciliation/looks").status_code == 303
    assert "Waiting." in client.get("/hr/reconciliation").text
    work_on_look(db.session.scalars(select(ReconciliationRun.id)).one())
    page = client.get("/hr/reconciliation").text
    assert "the certificate is not in the employee file" in page
    assert "File it" in page
    pick = f"not filed:{graduate.employee.id}:{type_.id}"
    refused = client.post("/hr/reconciliation/mendings", data={"pick": pick, "what": "right"}, headers=HTMX)
    assert refused.status_code == 422
    said = {"pick": pick, "what": "right", "reason": "=kept on paper"}
    left = client.post("/hr/reconciliation/mendings", data=said, headers=HTMX)
    assert "Left as it is" in left.text
    assert "Learning and the ledger agree" in client.get("/hr/reconciliation").text
    assert "=kept on paper" in client.get("/hr/reconciliation?right=1").text
    assert "'=kept on paper" in client.get("/hr/reconciliation/list.csv?right=1").text
    right = db.session.scalars(select(ReconciliationRight.id)).one()
    client.post(f"/hr/reconciliation/right/{right}/end")
    filed = client.post("/hr/reconciliation/mendings", data={"pick": pick, "what": "mend"}, headers=HTMX)
    assert "Filed." in filed.text
    assert "the ledger does not say that it is held" in client.get("/hr/reconciliation").text
    again = client.post("/hr/reconciliation/mendings", data={"pick": pick, "what": "mend"}, headers=HTMX)
    assert "It was settled meanwhile." in again.headers["HX-Trigger"]
    pick = f"not marked:{graduate.employee.id}:{type_.id}"
    marked = client.post("/hr/reconciliation/mendings", data={"pick": pick, "what": "mend"})
    assert marked.status_code == 303
    assert "Learning and the ledger agree" in client.get("/hr/reconciliation").text
    assert client.get("/hr/reconciliation/list.xlsx").status_code == 200
    assert client.post("/hr/reconciliation/mendings", data={"pick": "x:1:2", "what": "mend"}).status_code == 404
